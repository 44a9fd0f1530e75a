// A run of HubSpot's official client for Node: each step's answer, in plain values, under the step's name. Inputs come on stdin, and
// what was got goes to stdout, both as JSON. The first argument is where the client is, the second which steps to take, "read" or "write".
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const { Client } = createRequire(`${process.argv[2]}/`)("@hubspot/api-client");
const inputs = JSON.parse(readFileSync(0, "utf8"));
const { searches, pageProperties, bound, callToContact, dealToCompany, newContact } = inputs.steps;
const client = new Client({ accessToken: inputs.token, basePath: inputs.url });
const { contacts, deals, objects, owners, pipelines, properties, associations, exports: exporting } = client.crm;
const got = {};
const ids = (rows) => rows.map((row) => row.id);

async function refusal(send) {
  try {
    const answer = await send();
    return answer instanceof Response || answer?.status ? [answer.status, (await answer.json()).category] : [200, answer];
  } catch (fault) {
    const body = typeof fault.body === "string" ? JSON.parse(fault.body) : fault.body;
    return [fault.code ?? String(fault), body?.category ?? ""];
  }
}

const raw = (path, method = "GET", body = undefined) => client.apiRequest({ path, method, body });

async function lists() {
  const first = await contacts.basicApi.getPage(100, undefined, pageProperties, undefined, undefined, false);
  got["page first"] = ids(first.results);
  got["page properties"] = Object.keys(first.results[0].properties).sort();
  got["page second"] = ids((await contacts.basicApi.getPage(100, first.paging.next.after)).results);
  const linked = await raw(first.paging.next.link.slice(inputs.url.length));
  got["page linked"] = ids((await linked.json()).results);
  const everybody = await contacts.getAll(undefined, undefined, ["firstname", "lastname"]);
  got["all contacts"] = ids(everybody);
  got["all names"] = everybody.map((row) => row.properties.lastname ?? "");
  got["archived contacts"] = ids(await contacts.getAll(undefined, undefined, undefined, undefined, undefined, true));
  const all = await deals.getAll(undefined, undefined, undefined, undefined, ["contacts", "companies"]);
  for (const kind of ["contacts", "companies"]) {
    got[`deals with ${kind}`] = Object.fromEntries(
      all.map((row) => [row.id, [...new Set(ids(row.associations?.[kind]?.results ?? []))]]),
    );
  }
  const histories = await contacts.basicApi.getPage(50, undefined, undefined, ["lastname"]);
  got["history"] = histories.results[5].propertiesWithHistory.lastname.map((value) => value.value);
}

async function single() {
  const api = contacts.basicApi;
  const none = [undefined, undefined, undefined];
  got["by email"] = (await api.getById(inputs.emails[0], ...none, false, "email")).id;
  got["by merged id"] = (await api.getById(inputs.merged)).id;
  got["archived one"] = (await api.getById(inputs.archived, ...none, true)).id;
  got["not there"] = await refusal(() => api.getById("1"));
  got["limit 101"] = await refusal(() => api.getPage(101));
  got["unknown parameter"] = await refusal(() => raw("/crm/v3/objects/contacts?offset=100"));
}

async function search() {
  const find = (api, body) => api.searchApi.doSearch(body);
  for (const [name, filterGroups] of Object.entries(searches)) {
    got[`search ${name}`] = ids((await find(deals, { filterGroups, limit: 200 })).results).sort();
  }
  got["query zzzz"] = ids((await find(contacts, { query: "zzzz" })).results);
  got["query lópez"] = ids((await find(contacts, { query: "lópez", limit: 200 })).results);
  const byPhone = await find(contacts, { query: "123 4567", properties: ["phone"], limit: 5 });
  got["query phone"] = byPhone.results.map((row) => row.properties.phone);
  got["search down"] = ids((await find(deals, { sorts: ["-amount"], limit: 5 })).results);
  got["search up"] = ids((await find(deals, { sorts: ["amount"], limit: 3 })).results);
  got["search pages"] = [];
  let page, after;
  do {
    page = await find(contacts, { limit: 200, after, sorts: ["hs_object_id"] });
    got["search pages"].push(...ids(page.results));
    after = page.paging?.next?.after;
  } while (after);
  got["search total"] = page.total;
  got["search 201"] = await refusal(() => find(contacts, { limit: 201 }));
  const near = await objects.searchApi.doSearch("tasks", { limit: 50, after: String(bound - 50) });
  got["search near the bound"] = [near.total, near.results.length];
  const closed = { propertyName: "hs_pipeline_stage", operator: "NOT_IN", values: ["4"] };
  const openTickets = { filterGroups: [{ filters: [closed] }], properties: ["subject"], limit: 200 };
  got["open tickets"] = (await objects.searchApi.doSearch("tickets", openTickets)).results.map((row) => row.properties.subject);
  got["search beyond the bound"] = await refusal(() => objects.searchApi.doSearch("tasks", { limit: 50, after: String(bound) }));
  got["search six groups"] = await refusal(() => find(deals, { filterGroups: Array(6).fill(searches.EQ[0]) }));
  for (const [name, faulty] of [["a value", { operator: "EQ" }], ["an operator", { value: "1" }]]) {
    const body = { filterGroups: [{ filters: [{ propertyName: "amount", ...faulty }] }] };
    got[`search without ${name}`] = await refusal(() => raw("/crm/v3/objects/deals/search", "POST", body));
  }
}

async function batches() {
  const read = (keys, more = {}) =>
    contacts.batchApi.read({ inputs: keys.map((id) => ({ id })), properties: ["email"], propertiesWithHistory: [], ...more });
  got["batch by ids"] = ids((await read(inputs.contacts.slice(0, 3))).results);
  const byEmail = await read([...inputs.emails, "nobody@example.com"], { idProperty: "email" });
  got["batch by email"] = [ids(byEmail.results), byEmail.errors[0].context.ids];
  got["batch by phone"] = await refusal(() => read(["+353 87 123 4567"], { idProperty: "phone" }));
}

async function links() {
  const read = async (...wanted) => (await associations.v4.batchApi.getPage("deals", "contacts", { inputs: wanted })).results;
  const byDeal = (rows) => Object.fromEntries(rows.map((row) => [row._from.id, row.to.map((to) => String(to.toObjectId))]));
  const rows = await read(...inputs.deals.slice(0, 4).map((id) => ({ id })));
  got["batch associations"] = byDeal(rows);
  const crowded = inputs.deals[1];
  const { after, link } = rows.find((row) => row.paging).paging.next;
  got["batch associations, next page"] = byDeal(await read({ id: crowded, after }))[crowded];
  const linked = await (await raw(link.slice(inputs.url.length))).json();
  got["associations by link"] = linked.results.map((row) => String(row.toObjectId));
  const legacy = await associations.batchApi.read("deals", "contacts", { inputs: [{ id: inputs.deals[2] }] });
  got["batch associations, version 3"] = [...new Set(ids(legacy.results[0].to))];
  const one = await associations.v4.basicApi.getPage("deals", inputs.deals[0], "contacts", undefined, 500);
  got["associations of one"] = one.results.map((row) => String(row.toObjectId));
  const types = await associations.v4.schema.definitionsApi.getAll("deals", "companies");
  got["types"] = types.results.map((row) => row.typeId).sort((a, b) => a - b);
}

async function about() {
  const api = owners.ownersApi;
  got["owners"] = ids((await api.getPage()).results);
  const one = await api.getPage(undefined, undefined, 1);
  const two = await api.getPage(undefined, one.paging.next.after, 1);
  got["owners by pages"] = ids([...one.results, ...two.results]);
  got["owner by e-mail"] = ids((await api.getPage("eva@example.com")).results);
  got["owners who left"] = ids((await api.getPage(undefined, undefined, undefined, true)).results);
  got["owner by user"] = (await api.getById(9001, "userId")).id;
  got["pipelines"] = ids((await pipelines.pipelinesApi.getAll("deals")).results);
  got["stages"] = ids((await pipelines.pipelineStagesApi.getAll("deals", "default")).results);
  got["stages of tickets"] = ids((await pipelines.pipelineStagesApi.getAll("tickets", "0")).results);
  got["one stage"] = (await pipelines.pipelineStagesApi.getById("deals", "default", "closedwon")).id;
  const names = (await properties.coreApi.getAll("contacts")).results.map((row) => row.name);
  got["properties"] = ["firstname", "email", "hs_object_id"].every((name) => names.includes(name));
  got["one property"] = (await properties.coreApi.getByName("contacts", "email")).name;
  got["groups"] = (await properties.groupsApi.getAll("contacts")).results.map((row) => row.name);
  const batch = await properties.batchApi.read("contacts", { archived: false, inputs: [{ name: "email" }, { name: "phone" }] });
  got["properties in a batch"] = batch.results.map((row) => row.name);
}

async function oneContact() {
  const api = contacts.basicApi;
  const made = await api.create({ properties: newContact, associations: [] });
  got["new contact"] = made.id;
  got["second of an address"] = await refusal(() => api.create({ properties: newContact, associations: [] }));
  const changed = await api.update(made.id, { properties: { lastname: "Neuer", phone: "" } });
  got["changed"] = [changed.id, changed.properties.lastname, changed.properties.phone];
  got["changed by address"] = (await api.update(newContact.email, { properties: { firstname: "N." } }, "email")).id;
  got["wrong property"] = await refusal(() => api.update(made.id, { properties: { mood: "good" } }));
  const call = { properties: { hs_timestamp: "2026-11-22T09:40:00Z" } };
  call.associations = [{ to: { id: made.id }, types: [callToContact] }];
  got["new call"] = (await objects.basicApi.create("calls", call)).id;
  await api.archive(inputs.victims[0]);
  got["archived is gone"] = await refusal(() => api.getById(inputs.victims[0]));
}

async function manyContacts() {
  const api = contacts.batchApi;
  const many = [0, 1, 2].map((place) => ({ properties: { email: `batch${place}@example.com` }, associations: [] }));
  got["new contacts"] = ids((await api.create({ inputs: many })).results);
  const again = [many[0], { properties: { email: "x@example.com" }, associations: [] }];
  got["new contacts, one known"] = await refusal(() => api.create({ inputs: again }));
  const traced = ["batch0@example.com", "batch9@example.com"];
  const partly = await api.create({
    inputs: traced.map((email) => ({ properties: { email }, associations: [], objectWriteTraceId: email })),
  });
  got["new contacts, traced"] = [partly.results.length, partly.numErrors, partly.errors[0].category];
  const changes = [...got["new contacts"], "1"].map((id) => ({ id, properties: { company: "Batch GmbH" } }));
  const changed = await api.update({ inputs: changes });
  got["contacts changed"] = [ids(changed.results), changed.errors[0].context.ids];
  const upserts = ["batch0@example.com", "new@example.com"];
  const upserted = await api.upsert({
    inputs: upserts.map((id) => ({ id, idProperty: "email", properties: { lastname: "Upserted" } })),
  });
  got["upserted"] = upserted.results.map((row) => row._new);
  await api.archive({ inputs: inputs.victims.slice(1, 3).map((id) => ({ id })) });
}

async function mergedAndPurged() {
  const [first, second, purged] = inputs.victims.slice(3);
  got["merged"] = (await contacts.basicApi.merge({ primaryObjectId: first, objectIdToMerge: second })).id;
  got["found by both"] = [(await contacts.basicApi.getById(first)).id, (await contacts.basicApi.getById(second)).id];
  await contacts.basicApi.purge({ objectId: purged });
  got["purged is gone"] = await refusal(() => contacts.basicApi.getById(purged));
}

async function linked() {
  const { batchApi, basicApi } = associations.v4;
  const deal = inputs.deals[5];
  const company = inputs.companies[0];
  const pairs = inputs.contacts.slice(6, 9).map((id) => ({ _from: { id: deal }, to: { id } }));
  got["linked by default"] = (await batchApi.createDefault("deals", "contacts", { inputs: pairs })).results.length;
  const pair = { _from: { id: inputs.deals[6] }, to: { id: company }, types: [dealToCompany] };
  got["linked by type"] = (await batchApi.create("deals", "companies", { inputs: [pair] })).results[0].toObjectId;
  const spec = { associationCategory: "HUBSPOT_DEFINED", associationTypeId: 5 };
  got["primary"] = (await basicApi.create("deals", deal, "companies", company, [spec])).labels;
  await batchApi.archive("deals", "contacts", { inputs: [{ _from: { id: deal }, to: [pairs[0].to] }] });
  await basicApi.archive("deals", deal, "contacts", pairs[1].to.id);
  got["a wrong type"] = await refusal(() => basicApi.create("deals", deal, "companies", company, [callToContact]));
}

async function exported() {
  const wanted = { exportType: "VIEW", format: "CSV", exportName: "Everybody", objectType: "CONTACT", language: "EN" };
  Object.assign(wanted, { objectProperties: ["firstname", "email"], associatedObjectType: "COMPANY" });
  Object.assign(wanted, { exportInternalValuesOptions: ["NAMES", "VALUES"], overrideAssociatedObjectsPerDefinitionPerRowLimit: true });
  const start = (body) => raw("/crm/v3/exports/export/async", "POST", body); // version 13 cannot send a request to start one
  const task = await (await start(wanted)).json();
  const status = await exporting.publicExportsApi.getStatus(Number(task.id));
  got["export"] = status.status;
  const lines = (await (await fetch(status.result)).text()).replace(/^\ufeff/, "").trim().split("\r\n");
  const rows = lines.map((line) => line.slice(1, -1).split('","'));
  got["export header"] = rows[0];
  got["exported"] = rows.slice(1).map((row) => row[0]);
  got["half an export"] = await refusal(() => start({ exportType: "VIEW" }));
}

async function refused() {
  const stranger = new Client({ accessToken: "pat-eu1-wrong", basePath: inputs.url });
  got["a wrong token"] = await refusal(() => stranger.crm.contacts.basicApi.getPage());
  got["no such kind"] = await refusal(() => objects.basicApi.getPage("parcels"));
}

const steps = {
  read: [lists, single, search, batches, links, about],
  write: [oneContact, manyContacts, mergedAndPurged, linked, exported, refused],
};
for (const step of steps[process.argv[3]]) await step();
process.stdout.write(JSON.stringify(got));
