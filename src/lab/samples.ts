/** The dataset that the sample trips are dropped into; the seed workflows read it. */
export const sampleAddress = 'thirdparty01:none/ny-taxi-data';

const samplePath = 'samples/ny-taxi.json.gz';

/** The name of the sample trips in the dropzone. */
export const sampleName = samplePath.slice(samplePath.lastIndexOf('/') + 1);

/** The workflows that come with the page, by file name without its ending. The first one is open on the first visit. */
export const examples = ['append', 'overwrite-dynamic', 'set-metadata'] as const;

/** The name of an example. */
export type Example = (typeof examples)[number];

/** The sample trips as a file to drop. */
export async function sampleTrips(): Promise<File> {
  const response = await fetched(samplePath);
  return new File([await response.blob()], sampleName);
}

/** The text of an example. */
export async function exampleText(example: Example): Promise<string> {
  return (await fetched(`workflows/${example}.yaml`)).text();
}

/** The text of a scenario's workflow, by the scenario's name. */
export async function scenarioText(name: string): Promise<string> {
  return (await fetched(`scenarios/${name}.yaml`)).text();
}

async function fetched(path: string): Promise<Response> {
  const response = await fetch(new URL(path, document.baseURI));
  if (!response.ok) throw new Error(`${path} could not be loaded (${response.status}).`);
  return response;
}
