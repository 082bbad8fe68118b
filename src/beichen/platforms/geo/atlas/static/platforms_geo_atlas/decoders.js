// What reads models: glTF, its geometry plain or compressed (Draco, meshopt). The decoders are WebAssembly of the
// house's own; Draco's is fetched with the first model that needs it, and works in workers. The pages with maps of
// layers allow both in their Content-Security-Policy.
import { DRACOLoader } from "../vendor/DRACOLoader.js";
import { GLTFLoader } from "../vendor/GLTFLoader.js";
import { MeshoptDecoder } from "../vendor/meshopt_decoder.module.js";

const FOLDER = new URL("../vendor/decoders/", import.meta.url).href;
const WORKERS = 2; // for all models
export const SCENES = /\.(gltf|glb)$/i;
export const CLOUDS = /\.drc$/i;
export const draco = new DRACOLoader().setDecoderPath(FOLDER).setWorkerLimit(WORKERS);

// A loader of glTF; what it fetches is counted by a manager, where there is one.
export const loaderOf = (manager) => new GLTFLoader(manager).setDRACOLoader(draco).setMeshoptDecoder(MeshoptDecoder);
