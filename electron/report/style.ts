/** On screen in the theme of whoever reads it, on paper always light. */
export const style = `
:root{--text:#1b1f27;--secondary:#5a6270;--border:#e1e5eb;--surface:#fff;--background:#fafbfc;--accent:#2f66d0}
*{box-sizing:border-box}
body{margin:0;background:var(--background);color:var(--text);font:14px/1.5 -apple-system,BlinkMacSystemFont,'Segoe UI',Cantarell,Ubuntu,Roboto,'Noto Sans','PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Liberation Sans',sans-serif;font-variant-numeric:tabular-nums}
main{max-width:960px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:17px;margin:0 0 6px}
h3{font-size:14px;margin:16px 0 6px}
p{margin:0 0 8px}
section{margin-top:28px;padding-top:20px;border-top:1px solid var(--border)}
.summary{display:flex;gap:28px;align-items:center}
.big{font-size:46px;font-weight:600;letter-spacing:-.02em;line-height:1.1;white-space:nowrap;margin:0}
.quiet{color:var(--secondary)}
.tiny{font-size:11px}
.verdict{font-weight:600}
table{border-collapse:collapse;width:100%;margin:8px 0 4px}
th,td{padding:4px 10px;text-align:start;vertical-align:top;border-bottom:1px solid var(--border);font-weight:400;overflow-wrap:anywhere}
thead th{color:var(--secondary);font-size:12px;border-bottom-color:var(--secondary)}
tfoot th,tfoot td{color:var(--secondary)}
th.number,td.number{text-align:end;white-space:nowrap}
.matrix{width:auto}
.matrix td{min-width:48px;border:1px solid var(--surface)}
.matrix thead th{text-align:end}
.matrix thead th:first-child{text-align:start}
.facts th{width:220px;color:var(--secondary)}
.hash{font-family:ui-monospace,'SF Mono',Menlo,Consolas,'Liberation Mono',monospace;font-size:12px;overflow-wrap:anywhere}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(360px,1fr));gap:20px;align-items:center}
figure{margin:0}
figcaption{font-weight:600;margin-bottom:4px}
.drawing{background:#fff;border:1px solid var(--border);border-radius:6px;padding:4px}
.drawing svg{display:block;width:100%;height:auto}
.square{max-width:600px}
.gallery{list-style:none;margin:8px 0 0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(136px,1fr));gap:14px}
.gallery p{margin:0;overflow-wrap:anywhere}
.gallery li{break-inside:avoid}
.picture{aspect-ratio:1;display:grid;place-items:center;background:var(--border);border-radius:6px;overflow:hidden;margin-bottom:4px}
.picture img{width:100%;height:100%;object-fit:cover}
@media (prefers-color-scheme:dark){@media screen{:root{--text:#e6e8ec;--secondary:#a4abb8;--border:#2f3440;--surface:#1d2026;--background:#16181d;--accent:#5b8def}}}
@media print{@page{margin:14mm}body{background:#fff;font-size:11px}main{max-width:none;padding:0}h2,h3,figcaption{break-after:avoid}figure,tr,.summary{break-inside:avoid}.pair{grid-template-columns:1fr 1fr}.gallery{grid-template-columns:repeat(6,1fr);gap:8px}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`;
