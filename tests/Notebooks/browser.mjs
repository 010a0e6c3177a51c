// What the scripts beside this file share: the browser, and what a plot says under the mouse.

export async function launch(playwright, executablePath) {
    const { chromium } = await import(`${playwright}/index.mjs`);
    return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'] });
}

export const markCount = plot => plot.evaluate(element => element.querySelectorAll('.cartesianlayer path, .cartesianlayer image').length);

// Moves the mouse over the plot until a mark answers: its text, or '' where none does.
export async function hoverText(page, plot) {
    await plot.scrollIntoViewIfNeeded();
    const area = await (await plot.$('.nsewdrag')).boundingBox();
    for (let row = 1; row < 8; row++) {
        for (let column = 1; column < 16; column++) {
            await page.mouse.move(area.x + area.width * column / 16, area.y + area.height * row / 8);
            await page.waitForTimeout(40);
            const text = await plot.evaluate(element => element.querySelector('.hoverlayer .hovertext')?.textContent ?? '');
            if (text) return text;
        }
    }
    return '';
}
