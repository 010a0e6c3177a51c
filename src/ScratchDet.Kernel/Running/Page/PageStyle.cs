namespace ScratchDet.Kernel.Running;

/// <summary>How a notebook's page looks: a measure that can be read, light or dark as the reader has it, and on paper.</summary>
internal static class PageStyle
{
    /// <summary>A promise that the browser keeps: the page's own texts, pictures and scripts, and no connection.</summary>
    public const string NothingFromElsewhere =
        "default-src 'none'; img-src data: blob:; font-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline' 'unsafe-eval'; base-uri 'none'; form-action 'none'";

    public const string Css = """

        :root{color-scheme:light dark;--paper:#fff;--ink:#1b1e22;--soft:#5a6068;--rule:#dfe3e6;--stripe:#f6f7f8;--link:#0b5cad;--wrong:#b3261e;--wrong-paper:#fdf1f0;
        --keyword:#7a3e9d;--text:#2f6f2f;--number:#9a4a00;--comment:#68707a;--type:#0f6674;--method:#1f4f9e;--directive:#8a5a00}
        @media (prefers-color-scheme:dark){:root{--paper:#16191c;--ink:#e6e9ec;--soft:#a4abb3;--rule:#33383e;--stripe:#1e2226;--link:#7db7f0;--wrong:#ff9a8f;--wrong-paper:#2b1c1b;
        --keyword:#c99be6;--text:#98c98a;--number:#e6a870;--comment:#8d959e;--type:#74c4d0;--method:#8fb6f2;--directive:#d9b36c}}
        *{box-sizing:border-box}
        html{scroll-padding-top:1rem}
        body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.6 system-ui,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}
        main{max-width:54rem;margin:0 auto;padding:3rem 1.25rem 4rem}
        a{color:var(--link);text-underline-offset:.15em}
        h1,h2,h3,h4{line-height:1.25;letter-spacing:-.01em;text-wrap:balance}
        h1{font-size:2.1rem;margin:0 0 1rem}h2{font-size:1.45rem;margin:2.8rem 0 .8rem}h3{font-size:1.15rem;margin:2rem 0 .6rem}h4{font-size:1rem;margin:1.5rem 0 .5rem}
        .prose{max-width:44rem}.cell+.prose{margin-top:1.8rem}section:first-of-type>:first-child{margin-top:0}
        p,ul,ol,dl{margin:.8rem 0}li{margin:.25rem 0}.contains-task-list{list-style:none;padding-left:.3rem}
        blockquote{margin:1.2rem 0;padding:.1rem 0 .1rem 1.1rem;border-left:3px solid var(--rule);color:var(--soft)}
        hr{border:0;border-top:1px solid var(--rule);margin:2.5rem 0}
        img,svg{max-width:100%;height:auto}
        .missing{color:var(--wrong);border:1px dashed;padding:.1rem .5rem;font-size:.875rem}
        nav{margin:0 0 2rem;padding:.9rem 1.2rem;background:var(--stripe);border-radius:6px;font-size:.95rem;max-width:44rem}
        nav ol{margin:0;padding:0;list-style:none}nav li{margin:0;padding:.15rem 0}nav .level3{padding-left:1.2rem;font-size:.92em}
        @media (min-width:45rem){nav ol{columns:2;column-gap:2rem}nav li{break-inside:avoid}}
        nav a{text-decoration:none}nav a:hover{text-decoration:underline}
        pre,code,kbd,.code{font-family:ui-monospace,'Cascadia Mono','SF Mono',Menlo,'DejaVu Sans Mono',monospace}
        :not(pre)>code{font-size:.88em;background:var(--stripe);padding:.1em .32em;border-radius:4px;overflow-wrap:anywhere}
        pre{margin:0;font-size:.84rem;line-height:1.5;overflow-x:auto;tab-size:4}
        .prose pre{margin:1rem 0;padding:.8rem 1rem;background:var(--stripe);border-radius:6px}
        .cell{margin:1.3rem 0}
        .cell>.code{position:relative;white-space:pre-wrap;overflow-wrap:anywhere;padding:.8rem 1rem;background:var(--stripe);border-left:3px solid var(--link);border-radius:0 6px 6px 0}
        .code[data-language]::after{content:attr(data-language);position:absolute;top:.3rem;right:.6rem;color:var(--soft);font:.72rem system-ui,sans-serif}
        .k{color:var(--keyword)}.s{color:var(--text)}.n{color:var(--number)}.c{color:var(--comment);font-style:italic}.t{color:var(--type)}.f{color:var(--method)}.d{color:var(--directive)}
        .output{margin:.8rem 0 0;overflow-x:auto}.output>pre{white-space:pre-wrap}
        div.output{padding:.1rem 0}div.output p{margin:.4rem 0}
        .stream{color:var(--soft);padding-left:1rem;max-height:32rem;overflow:auto}.stderr{border-left:3px solid var(--number)}
        .error{padding:.8rem 1rem;color:var(--wrong);background:var(--wrong-paper);border-left:3px solid var(--wrong);white-space:pre-wrap;overflow-wrap:anywhere}.error .frames{opacity:.8}
        table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums;margin:1rem 0}
        th,td{padding:.35rem .8rem;text-align:left;border-bottom:1px solid var(--rule);vertical-align:top}
        th{font-weight:600}thead th{color:var(--soft);border-bottom:2px solid var(--rule)}caption{text-align:left;font-weight:600;padding-bottom:.5rem}
        .output table{margin:.2rem 0}td pre{margin:0}
        math{font:1.05em math,'Latin Modern Math','STIX Two Math','Cambria Math',serif}.formula{display:block;margin:1rem 0;padding:.2rem 0;overflow-x:auto}mtable.left mtd{text-align:left}mtable.right mtd:nth-child(odd){text-align:right}mtable.right mtd:nth-child(even){text-align:left}
        .tex{font-style:italic}
        .footnotes{font-size:.9rem;color:var(--soft)}.footnotes hr{margin:1.5rem 0 1rem}
        footer{margin-top:3.5rem;padding-top:.8rem;border-top:1px solid var(--rule);font-size:.85rem;color:var(--soft)}
        @media (max-width:40rem){body{font-size:16px}main{padding-top:1.5rem}h1{font-size:1.7rem}}
        @media print{:root{color-scheme:light}body{font-size:10.5pt}main{max-width:none;padding:0}nav{background:none;border:1px solid var(--rule)}
        pre{white-space:pre-wrap;overflow-wrap:anywhere}.stream{max-height:none}h1,h2,h3,h4{break-after:avoid}.code,.output,table,img,figure{break-inside:avoid}.prose{max-width:none}a{color:inherit}}

        """;
}
