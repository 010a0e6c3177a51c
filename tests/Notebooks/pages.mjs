// Looks at finished pages in a browser without a network.
//   node pages.mjs PLAYWRIGHT_CORE CHROMIUM PAGE... prints one JSON object: what each page shows.
import { hoverText, launch, markCount } from './browser.mjs';

const [,, playwright, executablePath, ...pages] = process.argv;
const browser = await launch(playwright, executablePath);
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
        plots.push({ marks: await markCount(plot), hover: await hoverText(page, plot) });
    }
    const images = await page.$$eval('img', all => all.filter(image => image.offsetParent !== null).map(image => image.naturalWidth * image.naturalHeight));
    result[file] = { plots, images, problems, requests, title: await page.title(), text: (await page.innerText('body')).length };
    await context.close();
}
await browser.close();
console.log(JSON.stringify(result));
