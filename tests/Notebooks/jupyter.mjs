// Executes a notebook as a person does: opens it in Jupyter Notebook and clicks Cell, Run All.
//   node jupyter.mjs PLAYWRIGHT_CORE CHROMIUM URL SECONDS [SCREENSHOT] prints one JSON object: what the page then shows.
import { hoverText, launch, markCount } from './browser.mjs';

const [,, playwright, executablePath, url, seconds, screenshot] = process.argv;
const browser = await launch(playwright, executablePath);
const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
const problems = [];
const foreign = [];
page.on('console', message => { if (message.type() === 'error') problems.push(message.text()); });
page.on('pageerror', error => problems.push(String(error)));
// The network is cut off: only this machine answers.
await page.route('**/*', route => {
    if (/^(https?|wss?):\/\/127\.0\.0\.1[:/]/.test(route.request().url()) || route.request().url().startsWith('data:')) return route.continue();
    foreign.push(route.request().url());
    return route.abort();
});
await page.goto(url);
await page.waitForSelector('#kernel_indicator_icon.kernel_idle_icon', { timeout: 60000, state: 'attached' });
await page.click('#celllink');
await page.click('#run_all_cells');
const state = () => page.evaluate(() => {
    const cells = [...document.querySelectorAll('.code_cell')];
    return { prompts: cells.map(cell => cell.querySelector('.input_prompt').textContent), idle: !!document.querySelector('#kernel_indicator_icon.kernel_idle_icon') };
});
const end = Date.now() + 1000 * Number(seconds);
let now = await state();
while (Date.now() < end && !(now.idle && now.prompts.every(prompt => /\d/.test(prompt)))) {
    await page.waitForTimeout(250);
    now = await state();
}
await page.waitForTimeout(1500);
const shown = await page.evaluate(() => ({
    errors: [...document.querySelectorAll('.output_error')].map(error => error.textContent.slice(0, 300)),
    images: [...document.querySelectorAll('.output img')].filter(image => image.offsetParent !== null).map(image => image.naturalWidth * image.naturalHeight),
    tables: document.querySelectorAll('.output table').length,
}));
const plots = [];
const hover = [];
for (const plot of await page.$$('.js-plotly-plot')) {
    plots.push({ marks: await markCount(plot) });
    hover.push(await hoverText(page, plot));
}
if (screenshot) {
    const height = await page.evaluate(() => document.querySelector('#notebook').scrollHeight + 200);
    await page.setViewportSize({ width: 1200, height: Math.min(height, 9000) });
    await page.waitForTimeout(800);
    await page.screenshot({ path: screenshot });
}
await browser.close();
console.log(JSON.stringify({ ...now, ...shown, plots, hover, problems, foreign }));
