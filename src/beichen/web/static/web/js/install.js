// Installs the site's service worker; without one every page works as it did.
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/worker.js").catch(() => {});
