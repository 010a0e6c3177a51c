// Looks at finished pages in a browser without a network.
//   node pages.mjs PLAYWRIGHT_CORE CHROMIUM PAGE... prints one JSON object: what each page shows.
const [,, playwright, executablePath, ...pages] = process.argv;
const { chromium } = await import(`${playwright}/index.mjs`);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'] });
const result = {};
for (const file of pages) {
    const context = await browser.newContext({ viewport: { width: 1000, height: 900 }, offline: true });
    const page = await context.newPage();
    const problems = [];
    const requests = [];
    page.on('console', message => { if (message.type() === 'error') problems.push(message.text()); });
    page.on('pageerror', error => problems.push(String(error)));
    page.on('request', request => { if (/^(https?|wss?):/.test(request.url())) requests.push(request.url()); });
    await page.goto(`file://${file}`);
    await page.waitForFunction(() => document.querySelectorAll('.sd-figure').length === document.querySelectorAll('.sd-figure .js-plotly-plot, .js-plotly-plot.sd-figure').length, null, { timeout: 20000 }).catch(() => problems.push('a figure was not drawn'));
    const plots = [];
    for (const plot of await page.$$('.js-plotly-plot')) {
        await plot.scrollIntoViewIfNeeded();
        const marks = await plot.evaluate(element => element.querySelectorAll('.cartesianlayer path, .cartesianlayer image').length);
        // Somewhere over the plot there is a mark that answers to the mouse.
        const area = await (await plot.$('.nsewdrag')).boundingBox();
        let hover = '';
        search: for (let row = 1; row < 8; row++) {
            for (let column = 1; column < 16; column++) {
                await page.mouse.move(area.x + area.width * column / 16, area.y + area.height * row / 8);
                await page.waitForTimeout(40);
                hover = await plot.evaluate(element => element.querySelector('.hoverlayer .hovertext')?.textContent ?? '');
                if (hover) break search;
            }
        }
        plots.push({ marks, hover });
    }
    const images = await page.$$eval('img', all => all.filter(image => image.offsetParent !== null).map(image => image.naturalWidth * image.naturalHeight));
    result[file] = { plots, images, problems, requests, title: await page.title(), text: (await page.innerText('body')).length };
    await context.close();
}
await browser.close();
console.log(JSON.stringify(result));
