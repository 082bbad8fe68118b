// Picking a project's place: a click on the map fills longitude and latitude, typing them moves the mark.
const map = document.querySelector("[data-pick] bc-map");
const longitude = document.getElementById("id_longitude");
const latitude = document.getElementById("id_latitude");

if (map && longitude && latitude) {
  document.addEventListener("beichen:place", (event) => {
    longitude.value = event.detail.longitude;
    latitude.value = event.detail.latitude;
    map.mark(longitude.value, latitude.value);
  });
  for (const field of [longitude, latitude]) {
    field.addEventListener("change", () => {
      if (longitude.value && latitude.value) map.mark(longitude.value, latitude.value);
    });
  }
}
