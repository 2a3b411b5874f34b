// Message text with its entities as DOM nodes. User text only ever becomes text nodes, never HTML.

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", blockquote: "blockquote",
  expandable_blockquote: "blockquote", pre: "pre",
};

// Offsets of the Bot API are UTF-16 code units, which is what JavaScript strings count in.
export function rich(text, entities, acts) {
  return range(text, 0, text.length, [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length), acts);
}

function range(text, from, to, entities, acts) {
  const part = document.createDocumentFragment();
  let place = from;
  for (let i = 0; i < entities.length; i++) {
    const entity = entities[i];
    if (entity.offset < place || entity.offset >= to) continue;
    const end = Math.min(entity.offset + entity.length, to);
    const inner = entities.slice(i + 1).filter((other) => other.offset >= entity.offset && other.offset < end);
    part.append(text.slice(place, entity.offset));
    const node = element(entity, text.slice(entity.offset, end), acts);
    if (!node.childNodes.length) node.append(range(text, entity.offset, end, inner, acts));
    part.append(node);
    place = end;
  }
  part.append(text.slice(place, to));
  return part;
}

function element(entity, words, acts) {
  if (TAGS[entity.type]) return document.createElement(TAGS[entity.type]);
  switch (entity.type) {
    case "code": return button("code", () => acts.copy(words), "Copy");
    case "bot_command": return button("command", () => acts.send(words));
    case "spoiler": return spoiler();
    case "url": return link(words, acts);
    case "text_link": return link(entity.url, acts);
    case "email": return link(`mailto:${words}`, acts);
    default: return document.createElement("span");
  }
}

function button(kind, act, title) {
  const node = document.createElement("button");
  node.type = "button";
  node.className = `inline ${kind}`;
  if (title) node.title = title;
  node.addEventListener("click", act);
  return node;
}

function spoiler() {
  const node = button("spoiler", () => node.classList.add("shown"), "Show");
  return node;
}

export function link(address, acts) {
  const node = document.createElement("a");
  const full = /^[a-z]+:/i.test(address) ? address : `https://${address}`;
  if (acts.payload(full) !== null) {
    node.href = full;
    node.className = "deep";
    node.addEventListener("click", (event) => { event.preventDefault(); acts.open(full); });
  } else if (/^(https?|mailto|tel):/i.test(full)) {
    node.href = full;
    node.target = "_blank";
    node.rel = "noopener noreferrer";
  }
  return node;
}
