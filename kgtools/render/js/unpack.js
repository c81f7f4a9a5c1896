// A page that was packed to be kept in a notebook takes the place of this one.
const packed = Uint8Array.from(atob(document.getElementById("packed").textContent), (letter) => letter.charCodeAt(0));
new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text().then((page) => {
  document.open();
  document.write(page);
  document.close();
});
