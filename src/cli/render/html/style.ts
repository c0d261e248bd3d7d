import { SIGNS } from "./statuses.ts";

// What the browser lays out at a time: the parts that are far from the window wait. Smaller parts would cost more than
// they save whenever the page is scrolled.
export const ROWS_AT_A_TIME = 20;
export const ENTRIES_AT_A_TIME = 10;

/** Width in rem at which a matrix of so many gateways fits side by side; narrower, each provider is a card. */
const widthOf = (gateways: number): number => 16 + 9 * gateways;

/** The style sheet of a page. */
export function styleFor(gateways: number): string {
  // The second value has nothing for a screen reader to say, where the browser knows that.
  const signs = [...SIGNS].map(([key, sign]) => `.is-${key}::before{content:"${sign}";content:"${sign}" / ""}`);
  const line = `#matrix tr{grid-template-columns:15rem repeat(${gateways},minmax(0,1fr))}`;
  return `${BASE}${signs.join("\n")}\n@media (min-width:${widthOf(gateways)}rem){${WIDE}\n${line}}\n${PRINT}`;
}

const BASE = `:root{color-scheme:light;--page:#f6f7f8;--surface:#fff;--text:#1b2027;--muted:#59636f;--line:#e1e5e9;--accent:#0b5fce;
--calm:#2f6644;--calm-fill:none;--attention:#764800;--attention-fill:#fff0c9;--open:#3f4f6a;--open-fill:#e9eef6;--good:#11582b;--good-fill:#dff3e5;
--bad:#96190f;--bad-fill:#fde6e3;--shadow:0 1px 2px #0f172a14,0 12px 32px #0f172a29}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;--page:#0f1215;--surface:#171b20;--text:#e8ebef;--muted:#9ea8b4;
--line:#2a3038;--accent:#7db4ff;--calm:#8fc9a5;--attention:#f3ca72;--attention-fill:#382c0e;--open:#b7c6de;--open-fill:#222b39;
--good:#86d9a3;--good-fill:#132e1e;--bad:#ffaaa1;--bad-fill:#3d1a17;--shadow:0 1px 2px #0006,0 12px 32px #000a}}
*{box-sizing:border-box}
html{scroll-padding-top:4rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
header,main,footer{max-width:86rem;margin:0 auto;padding:0 clamp(.75rem,3vw,2rem)}
header{padding-top:1.75rem}
h1,h2,h3,h4,p,ul,dl,dd{margin:0;padding:0}
h1{font-size:1.6rem;line-height:1.25;font-weight:650;letter-spacing:-.015em;margin:.1rem 0 .4rem;overflow-wrap:anywhere}
h2{font-size:1.1rem;font-weight:650;margin:2.25rem 0 .6rem}
a{color:var(--accent)}
i{font-style:normal;font-weight:400;color:var(--muted)}
small{color:var(--muted);font-size:.85em}
.brand{font-weight:600;color:var(--muted);font-size:.87rem}
.muted{color:var(--muted);font-size:.87rem}
.mono,.diff,td small bdi{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.92em}
bdi{overflow-wrap:anywhere}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.scripted{display:none}
.js .scripted{display:block}
[hidden]{display:none!important}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.skip{position:absolute;left:-99rem;top:0;z-index:9;padding:.5rem 1rem;background:var(--surface)}
.skip:focus{left:.5rem;top:.5rem}
.alert,.remark{overflow-wrap:anywhere}
.alert{margin:1rem 0 0;padding:.7rem 1rem;border-radius:.5rem;background:var(--bad-fill);color:var(--bad)}
b{display:inline-block;white-space:nowrap;font-weight:550;font-size:.9rem;line-height:1.45;border-radius:.35rem;padding:0 .45rem}
b::before{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-weight:700;margin-right:.4em}
b.calm{color:var(--calm);padding:0}b.attention{color:var(--attention);background:var(--attention-fill)}
b.open{color:var(--open);background:var(--open-fill)}b.good{color:var(--good);background:var(--good-fill)}
b.bad{color:var(--bad);background:var(--bad-fill)}
.tallies{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;margin:1.1rem 0 0}
.tallies li{position:relative;background:var(--surface);border:1px solid var(--line);border-radius:.6rem}
.tallies label{display:block;padding:.4rem .9rem .5rem;min-width:5.5rem}
.tallies input{display:none}
.js .tallies input{display:block;position:absolute;opacity:0;width:1px;height:1px;margin:0}
.js .tallies label{cursor:pointer}
.js .tallies li:hover{border-color:var(--muted)}
.tallies li:has(:checked){border-color:var(--accent)!important;box-shadow:inset 0 0 0 1px var(--accent)}
.tallies li:has(:focus-visible){outline:2px solid var(--accent);outline-offset:2px}
.tallies span{display:block;font-size:1.35rem;line-height:1.3;font-weight:650;font-variant-numeric:tabular-nums}
.js .controls{display:flex;flex-wrap:wrap;align-items:center;gap:.6rem 1rem;margin:.9rem 0 0;font-size:.87rem;color:var(--muted)}
.controls input,.controls select,button{font:inherit;color:var(--text);background:var(--surface);border:1px solid var(--line);border-radius:.45rem;padding:.3rem .6rem;min-height:2.1rem}
.controls input,.controls select{margin-left:.3rem;width:14rem;max-width:60vw}
::placeholder{color:var(--muted);opacity:1}
button{cursor:pointer}
#matrix,#matrix tbody{display:block}
#matrix tbody,.some{content-visibility:auto}
#matrix tbody{contain-intrinsic-size:auto ${ROWS_AT_A_TIME * 12}rem}
.some{contain-intrinsic-size:auto ${ENTRIES_AT_A_TIME * 17}rem}
#matrix{margin-top:.6rem}
#matrix thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
#matrix tr{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,16rem),1fr));background:var(--surface);border:1px solid var(--line);border-radius:.6rem;margin:0 0 .6rem;padding:.55rem .25rem .4rem}
#matrix th{text-align:left;font-weight:600;grid-column:1/-1;padding:0 .65rem .2rem}
#matrix th small{font-weight:400;border:1px solid var(--line);border-radius:1rem;padding:0 .45rem;margin-left:.15rem;display:inline-block;white-space:nowrap}
#matrix td{display:grid;grid-template-columns:minmax(0,8.5rem) 1fr;padding:0;min-width:0}
#matrix td:not([data-s]){display:none}
#matrix td::before{content:attr(data-g);unicode-bidi:isolate;padding:.35rem 0 .35rem .65rem;font-size:.85rem;color:var(--muted);overflow-wrap:anywhere}
#matrix td a{display:block;padding:.35rem .65rem;color:inherit;text-decoration:none}
#matrix td a:hover,#matrix td a.shown{background:var(--open-fill);border-radius:.4rem}
#matrix td a:hover small,#matrix td a.shown small{color:var(--text)}
#matrix td small{display:block;overflow-wrap:anywhere}
#matrix td small span{white-space:nowrap}
#list article,#others article{background:var(--surface);border:1px solid var(--line);border-left:4px solid var(--line);border-radius:.6rem;padding:.8rem 1.1rem;margin:0 0 .7rem}
article:target{outline:2px solid var(--accent);outline-offset:-2px}
#list .attention{border-left-color:var(--attention)}#list .bad{border-left-color:var(--bad)}#list .good{border-left-color:var(--good)}#list .open{border-left-color:var(--open)}
h3{font-size:1rem;font-weight:600}
h3+p{margin:.25rem 0 .6rem;font-size:.87rem;color:var(--muted)}
.remark{margin:.4rem 0}
h4{font-size:.9rem;font-weight:600;margin-top:.75rem}
h4 i{font-size:.87rem;margin-left:.3rem}
.diff{margin:.3rem 0 .15rem;border:1px solid var(--line);border-radius:.4rem;overflow:hidden;font-size:.84rem}
.diff>*{display:grid;grid-template-columns:1.4rem 1fr;padding:.15rem .6rem;text-decoration:none;white-space:pre-wrap}
.diff del{background:var(--bad-fill);color:var(--bad)}.diff ins{background:var(--good-fill);color:var(--good)}
dl{font-size:.87rem;border-top:1px solid var(--line);margin-top:.7rem;padding-top:.35rem}
dl>div{display:grid;grid-template-columns:9rem 1fr;gap:.7rem;padding:.22rem 0}
dt{color:var(--muted)}
dt,dd{overflow-wrap:anywhere}
dd small{display:block}
.notes{padding-left:1.1rem;font-size:.9rem;overflow-wrap:anywhere}
#panel{position:absolute;z-index:5;width:31rem;max-width:calc(100vw - 1rem);max-height:min(34rem,80vh);overflow:auto;background:var(--surface);border:1px solid var(--line);border-radius:.7rem;box-shadow:var(--shadow);padding:.9rem 1.1rem;overscroll-behavior:contain}
#panel-close{float:right;margin:-.1rem 0 .3rem .6rem;font-size:.87rem}
#panel-more{margin-top:.5rem;font-size:.87rem}
footer{padding-top:2rem;padding-bottom:2.5rem}
@media (max-width:40rem){h1{font-size:1.35rem}
dl>div{grid-template-columns:7.5rem 1fr}
.tallies{gap:.4rem}.tallies label{padding:.25rem .6rem;min-width:0}.tallies span{display:inline;font-size:1rem}
#panel{position:fixed;left:0!important;top:auto!important;bottom:0;width:100%;max-width:none;max-height:72vh;border-radius:.9rem .9rem 0 0}}
@media (max-width:40rem){#matrix td a{scroll-margin-bottom:74vh}}
@media (hover:none){#help{display:none!important}}
@media (prefers-reduced-motion:no-preference){#panel:not([hidden]){animation:in .12s ease-out}@keyframes in{from{opacity:0}}}
`;

const WIDE = `#matrix{background:var(--surface);border:1px solid var(--line);border-radius:.6rem}
#matrix thead{display:block;position:sticky;top:0;z-index:2;width:auto;height:auto;overflow:visible;clip-path:none}
#matrix tr{border:0;border-bottom:1px solid var(--line);border-radius:0;margin:0;padding:0}
#matrix tbody{contain-intrinsic-size:auto ${ROWS_AT_A_TIME * 3.8}rem}
#matrix thead tr{border-radius:.6rem .6rem 0 0}
#matrix tbody:last-child tr:last-child{border-bottom:0;border-radius:0 0 .6rem .6rem}
#matrix th{grid-column:auto;padding:.5rem .65rem;min-width:0}
#matrix thead th{font-size:.85rem;color:var(--muted)}
#matrix td,#matrix td:not([data-s]){display:block}
#matrix td::before{content:none}
#matrix td a{padding:.5rem .65rem;height:100%}
#matrix tbody tr:hover{background:color-mix(in srgb,var(--open-fill) 40%,var(--surface))}`;

const PRINT = `@media print{@page{margin:14mm}
body{background:none;font-size:10pt}header,main,footer{max-width:none;padding:0}
.skip,.controls,#panel,#help{display:none!important}
#matrix tbody,.some{content-visibility:visible}
#list article,#others article,#matrix tr{break-inside:avoid}
h4,.diff,dl>div,li{break-inside:avoid}
h2,h3,h4{break-after:avoid}
*{print-color-adjust:exact}}
`;
