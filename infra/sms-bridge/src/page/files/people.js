// Zendesk's users: who a ticket belongs to, who is one person with whom, e-mails.

import { ask } from "./dom.js";
import { act, names, values } from "./live.js";

/** The users a step can name: by a customer's id or an e-mail address. */
const users = () => names("user/").map((name) => values.get(name)).filter((user) => user.key);
const word = (name, key) => (name === key ? key : `${name} · ${key}`);
/** Customers whom Zendesk does not know yet, too: an agent makes them. */
function everyone() {
  const known = users();
  const keys = new Set(known.map((user) => user.key));
  const others = names("customer/").map((name) => values.get(name)).filter((one) => !keys.has(one.id));
  return [...known.map((user) => [user.key, word(user.name, user.key)]), ...others.map((one) => [one.id, word(one.name, one.id)])];
}

/** An agent makes somebody else the requester. */
export async function changeRequester(ticket) {
  const options = everyone().filter(([key]) => key !== ticket.person);
  if (!options.length) return ask("Change the requester", [{ text: "There is no other user yet. Add a customer on the phone, or let an e-mail come in." }]);
  const told = await ask(`Requester of #${ticket.id}`, [{ name: "id", label: "New requester", options }], "Change");
  if (told) act({ requester: { ticket: ticket.id, id: told.id } });
}

/** An agent merges the requester's profile into another one. */
export async function mergeUser(ticket) {
  const options = users().filter((user) => user.key !== ticket.person).map((user) => [user.key, word(user.name, user.key)]);
  if (!ticket.person || !options.length) return ask("Merge profiles", [{ text: "There is no other profile yet. Let an e-mail come in, for instance." }]);
  const about = { text: `The profile ${ticket.requester} is gone afterwards: its tickets belong to the other one, its Braze id is lost.` };
  const told = await ask(`Merge ${ticket.requester} into`, [about, { name: "into", label: "Profile that stays", options }], "Merge");
  if (told) act({ merge_users: { from: ticket.person, into: told.into } });
}

/** An agent suspends the requester, or lets them write again. */
export function suspend(ticket, suspended) {
  if (ticket.person) act({ suspend: { id: ticket.person, suspended } });
}

/** An e-mail opens a ticket. */
export async function emailIn() {
  const told = await ask("An e-mail comes in", [
    { name: "from", label: "From", required: true, value: "ann@example.com" },
    { name: "name", label: "Name", required: true, value: "Ann Example" },
    { name: "subject", label: "Subject", required: true, value: "My order" },
    { name: "text", label: "Text", required: true, long: true, value: "Where is it?" }], "Receive");
  if (told) act({ email: told });
}
