// The project map: a click on a district of the live map leads to it, as the drawn sheet's links do.
document.addEventListener("beichen:region", (event) => {
  location.assign(`${location.pathname}?region=${encodeURIComponent(event.detail)}`);
});
