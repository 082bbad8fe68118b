// What draws landmarks: three.js in the canvas of the map, as a layer of its own. The scene is in metres, x to the
// east, y to the north, z up, about an origin in the city; models of glTF stand in it, 3D Tiles are set into it.
import { AmbientLight, Camera, DirectionalLight, Group, Matrix4, PerspectiveCamera, Scene as Stage, Sphere, Vector3, WebGLRenderer } from "../vendor/three.module.min.js";
import { TilesRenderer, WGS84_ELLIPSOID } from "../vendor/3d-tiles.js";
import { CLOUDS, SCENES, draco, loaderOf } from "./decoders.js";

const LAYER = "landmarks";
const EARTH_M = 6_000_000; // 3D Tiles nearer than this to the middle of the earth say no place on it
const ROUND_M = 40_075_016.686;
const radians = (degrees) => (degrees * Math.PI) / 180;

export class Scene {
  held = new Map(); // name → { object, tiles, isReady }

  constructor(host, origin) {
    this.host = host;
    this.map = host.map;
    this.origin = origin;
    this.stage = new Stage();
    const sun = new DirectionalLight(0xffffff, 2.2);
    sun.position.set(-0.5, -1, 2);
    this.stage.add(new AmbientLight(0xffffff, 1.4), sun);
    this.camera = new Camera();
    this.looking = new PerspectiveCamera(); // from where tiles are chosen
    this.looking.up.set(0, 0, 1);
    this.loader = loaderOf();
    const place = () => this.map.getLayer(LAYER) ?? this.map.addLayer(this.layer());
    this.map.on("styledata", place);
    place();
  }

  layer() {
    return {
      id: LAYER,
      type: "custom",
      renderingMode: "3d",
      onAdd: (map, gl) => {
        this.renderer ??= new WebGLRenderer({ canvas: map.getCanvas(), context: gl, antialias: true });
        this.renderer.autoClear = false;
      },
      render: (_gl, { defaultProjectionData }) => this.draw(defaultProjectionData.mainMatrix),
    };
  }

  // Metres from the origin to a place.
  place([longitude, latitude, height]) {
    const [west, south] = this.origin;
    const metres = (ROUND_M / 360) * Math.cos(radians(south));
    // As the map is drawn: the same metres everywhere, as at the origin.
    const up = (degrees) => Math.log(Math.tan(Math.PI / 4 + radians(degrees) / 2)) * (180 / Math.PI);
    return new Vector3((longitude - west) * metres, (up(latitude) - up(south)) * metres, height);
  }

  // Show these models and no others.
  async hold(models) {
    const wanted = new Map(models.map((one) => [one.name, one]));
    for (const [name, { object, tiles }] of this.held) {
      if (wanted.has(name)) continue;
      tiles?.dispose();
      this.stage.remove(object);
      this.held.delete(name);
    }
    const added = [...wanted.values()].filter((one) => !this.held.has(one.name));
    await Promise.all(added.map((one) => (one.kind === "gltf" ? this.stand(one) : this.lay(one))));
    this.map.triggerRepaint();
  }

  async stand(model) {
    const object = new Group();
    this.held.set(model.name, { object });
    object.position.copy(this.place(model.at));
    object.rotation.z = -radians(model.heading);
    object.scale.setScalar(model.scale);
    try {
      const { scene } = await this.loader.loadAsync(model.url);
      scene.rotation.x = Math.PI / 2; // glTF has y up
      object.add(scene);
      const held = this.held.get(model.name);
      if (held) held.isReady = true; // else it was taken away meanwhile
    } catch (error) {
      this.fail(model, error);
    }
    this.stage.add(object);
    this.map.triggerRepaint();
  }

  lay(model) {
    const object = new Group();
    object.position.copy(this.place(model.at));
    const tiles = new TilesRenderer(model.url);
    tiles.manager.addHandler(SCENES, loaderOf(tiles.manager));
    tiles.manager.addHandler(CLOUDS, draco);
    tiles.setCamera(this.looking);
    tiles.addEventListener("load-root-tileset", () => {
      const around = new Sphere();
      if (!tiles.getBoundingSphere(around) || around.center.length() < EARTH_M) return; // it lies about its feature
      const frame = WGS84_ELLIPSOID.getEastNorthUpFrame(radians(model.at[1]), radians(model.at[0]), 0, new Matrix4());
      tiles.group.matrixAutoUpdate = false;
      tiles.group.matrix.copy(frame.invert());
      tiles.group.updateMatrixWorld(true);
    });
    for (const event of ["load-tileset", "load-model", "tiles-load-end", "needs-update", "needs-render"]) {
      tiles.addEventListener(event, () => this.map.triggerRepaint());
    }
    tiles.addEventListener("load-error", ({ error }) => this.fail(model, error));
    object.add(tiles.group);
    this.held.set(model.name, { object, tiles });
    this.stage.add(object);
    this.map.triggerRepaint();
  }

  fail(model, error) {
    console.warn("a landmark cannot be drawn:", model.url, error?.message ?? error);
    this.host.dataset.failed = String(Number(this.host.dataset.failed ?? 0) + 1);
  }

  // How many landmarks are seen, for whoever waits for them.
  tell() {
    const seen = [...this.held.values()].filter(({ isReady, tiles }) => isReady || tiles?.visibleTiles.size);
    this.host.dataset.landmarks = String(seen.length);
  }

  draw(matrix) {
    const [west, south] = this.origin;
    const scale = 1 / (ROUND_M * Math.cos(radians(south)));
    const x = (west + 180) / 360;
    const y = (1 - Math.log(Math.tan(Math.PI / 4 + radians(south) / 2)) / Math.PI) / 2;
    const local = new Matrix4().makeTranslation(x, y, 0).scale(new Vector3(scale, -scale, scale));
    this.camera.projectionMatrix = new Matrix4().fromArray(matrix).multiply(local);
    this.camera.projectionMatrixInverse.copy(this.camera.projectionMatrix).invert();
    this.look();
    for (const { tiles } of this.held.values()) {
      if (!tiles) continue;
      tiles.setResolution(this.looking, this.map.getCanvas().width, this.map.getCanvas().height);
      tiles.update();
    }
    this.renderer.resetState();
    this.renderer.render(this.stage, this.camera);
    this.renderer.resetState();
    this.tell();
  }

  // The same view with a camera that stands somewhere: by its distance tiles are chosen.
  look() {
    const { map, looking } = this;
    const { lng, lat } = map.getCenter();
    const { clientWidth, clientHeight } = map.getCanvas();
    const fov = map.getVerticalFieldOfView?.() ?? 36.87;
    const metres = (ROUND_M * Math.cos(radians(lat))) / (512 * 2 ** map.getZoom());
    const far = ((clientHeight / 2) / Math.tan(radians(fov) / 2)) * metres;
    const [pitch, bearing] = [radians(map.getPitch()), radians(map.getBearing())];
    const middle = this.place([lng, lat, 0]);
    const back = Math.sin(pitch) * far;
    looking.fov = fov;
    looking.aspect = clientWidth / clientHeight;
    looking.near = far / 100;
    looking.far = far * 100;
    looking.up.set(Math.sin(bearing), Math.cos(bearing), 0.01);
    looking.position.set(middle.x - Math.sin(bearing) * back, middle.y - Math.cos(bearing) * back, Math.cos(pitch) * far);
    looking.lookAt(middle);
    looking.updateProjectionMatrix();
    looking.updateMatrixWorld();
  }
}
