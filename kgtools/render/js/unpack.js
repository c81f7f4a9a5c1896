// A page that was packed to be kept in a notebook takes the place of this one.
const text = document.getElementById("packed").textContent;
const packed = Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text().then((page) => {
  document.open();
  document.write(page);
  document.close();
});
