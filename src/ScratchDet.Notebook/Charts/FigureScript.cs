namespace ScratchDet.Notebook;

/// <summary>The script in each figure's HTML.</summary>
internal static class FigureScript
{
    /// <summary>
    /// A function of the figure's name, Plotly's figure, and the colours for dark paper. It runs in pages (plotly.js
    /// embedded), in Jupyter (plotly.js from the kernel's own folder on the same server), and elsewhere leaves the
    /// picture alone.
    /// </summary>
    /// <remarks>
    /// Jupyter may run it before the figure is in the page and without a place of its own, so it looks the figure up by
    /// name, later, and takes every one that is not drawn yet. plotly.js is evaluated with `module`, `exports` and
    /// `define` hidden: the classic notebook's module loader would claim it otherwise.
    /// </remarks>
    public const string Code = """
        function(name,figure,dark){
        var w=window,d=document,own=d.currentScript&&d.currentScript.previousElementSibling;
        function base(){var c=d.getElementById('jupyter-config-data'),b=null;
        if(c){try{b=JSON.parse(c.textContent).baseUrl}catch(e){}}
        b=b||(d.body&&d.body.dataset.baseUrl);return b?b.replace(/\/*$/,'/'):null}
        function get(u){return fetch(u,{credentials:'same-origin'}).then(function(r){if(!r.ok)throw new Error(u);return r})}
        function plotly(){if(w.Plotly)return Promise.resolve(w.Plotly);
        if(!w.scratchdetPlotly){var b=base();w.scratchdetPlotly=!b?Promise.resolve(null):get(b+'api/kernelspecs').then(function(r){return r.json()}).then(function(s){
        return s.kernelspecs['.net-csharp']?get(b+'kernelspecs/.net-csharp/plotly.min.js').then(function(r){return r.text()}).then(function(t){
        var m={exports:{}};new Function('module','exports','define',t)(m,m.exports);return w.Plotly=w.Plotly||m.exports}):null}).catch(function(){return null})}
        return w.scratchdetPlotly}
        function isDark(e){for(;e;e=e.parentElement){var c=/^rgba?\(([\d.]+), ?([\d.]+), ?([\d.]+)(?:, ?([\d.]+))?/.exec(getComputedStyle(e).backgroundColor);
        if(c&&!(c[4]<.5))return .2126*c[1]+.7152*c[2]+.0722*c[3]<110}
        return/dark/.test(getComputedStyle(d.documentElement).colorScheme)&&matchMedia('(prefers-color-scheme:dark)').matches}
        function paint(v,on,key){if(typeof v==='string'){return!/color$/.test(key)?v:/bgcolor$/.test(key)&&v==='#ffffff'?'rgba(0,0,0,0)':on&&dark[v]||v}
        if(Array.isArray(v))return v.map(function(x){return paint(x,on,key)});
        if(v&&typeof v==='object'){var o={};for(var k in v)o[k]=paint(v[k],on,k);return o}return v}
        function draw(P,box){if(box.dataset.drawn)return;box.dataset.drawn='1';
        var img=box.querySelector('img'),plot=d.createElement('div'),was;plot.setAttribute('role','img');plot.setAttribute('aria-label',img.alt);
        img.style.display='none';box.insertBefore(plot,img);
        function back(){plot.remove();img.style.display='block'}
        function show(){was=isDark(box);var f=paint(figure,was,'');return P.react(plot,f.data,f.layout,f.config)}
        function again(){if(plot.isConnected&&isDark(box)!==was)show()}
        try{show().then(function(){if(w.ResizeObserver)new ResizeObserver(function(){if(plot.clientWidth&&plot.offsetParent)Promise.resolve(P.Plots.resize(plot)).catch(function(){})}).observe(box);
        matchMedia('(prefers-color-scheme:dark)').addEventListener('change',again);
        if(w.MutationObserver)new MutationObserver(again).observe(d.body,{attributes:true})},back)}catch(e){back()}}
        function find(P,left){var all=own&&own.dataset.figure===name&&own.isConnected?[own]:[].slice.call(d.querySelectorAll('[data-figure="'+name+'"]:not([data-drawn])'));
        if(all.length)all.forEach(function(box){draw(P,box)});else if(left)setTimeout(function(){find(P,left-1)},100)}
        plotly().then(function(P){if(P)setTimeout(function(){find(P,50)},0)})
        }
        """;
}
