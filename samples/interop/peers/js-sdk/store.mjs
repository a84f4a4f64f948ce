// The IndexedDB of a browser, which outlives its page: kept in memory here, and in a file from one
// process to the next.
import "fake-indexeddb/auto";
import { readFile, writeFile } from "node:fs/promises";
import { deserialize, serialize } from "node:v8";

const result = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function contentsOf(store) {
  const indexes = [...store.indexNames].map((name) => {
    const { keyPath, unique, multiEntry } = store.index(name);
    return { name, keyPath, unique, multiEntry };
  });
  const [keys, values] = await Promise.all([result(store.getAllKeys()), result(store.getAll())]);
  const { name, keyPath, autoIncrement } = store;
  return { name, keyPath, autoIncrement, indexes, keys, values };
}

/** Writes all databases to a file, and what else a page keeps. */
export async function save(file, kept) {
  const databases = [];
  for (const { name, version } of await indexedDB.databases()) {
    const database = await result(indexedDB.open(name, version));
    const stores = [];
    for (const store of database.objectStoreNames) {
      stores.push(await contentsOf(database.transaction(store).objectStore(store)));
    }
    database.close();
    databases.push({ name, version, stores });
  }
  await writeFile(file, serialize({ kept, databases }));
}

/** Makes the databases of a file, and gives what else was kept. */
export async function load(file) {
  const { kept, databases } = deserialize(await readFile(file));
  for (const { name, version, stores } of databases) {
    const opening = indexedDB.open(name, version);
    opening.onupgradeneeded = () => {
      for (const { name: storeName, keyPath, autoIncrement, indexes, keys, values } of stores) {
        const store = opening.result.createObjectStore(storeName, { keyPath, autoIncrement });
        indexes.forEach((one) => store.createIndex(one.name, one.keyPath, one));
        values.forEach((value, i) => (keyPath === null ? store.add(value, keys[i]) : store.add(value)));
      }
    };
    (await result(opening)).close();
  }
  return kept;
}
