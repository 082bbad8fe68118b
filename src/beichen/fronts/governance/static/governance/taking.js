// A touch on the map fills the coordinates of the report that is being taken.
const map = document.querySelector(".taking-map");
const longitude = document.getElementById("id_longitude");
const latitude = document.getElementById("id_latitude");

map?.addEventListener("beichen:place", (event) => {
  longitude.value = event.detail.longitude;
  latitude.value = event.detail.latitude;
  map.mark(longitude.value, latitude.value);
});
