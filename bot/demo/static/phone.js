// One telephone: its log of bubbles, the keyboards, the menus and the typing field.

import { rich } from "./text.js";

const REPLY = "M10 8V4l-7 7 7 7v-4.2c5 0 8.3 1.6 11 5.2-1-5.5-4-10-11-11Z";
const EDIT = "M4 20l1-4L16.5 4.5l3 3L8 19zM14 7l3 3";
const PIN = "M12 21s-6.5-6.2-6.5-11a6.5 6.5 0 0 1 13 0c0 4.8-6.5 11-6.5 11ZM12 12.2a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6Z";
const COPY = "M9 9h11v11H9zM5 15H4V4h11v1";
const OUT = "M8 16 17 7M9 7h8v8";
const FILE = "M7 3h7l4 4v14H7zM14 3v5h4";

export function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (tag === "button") node.type = "button";
  node.append(...children);
  return node;
}

function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(svg.namespaceURI, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

export class Phone {
  constructor(name, page) {
    this.name = name;
    this.page = page;
    this.root = document.getElementById("phone").content.firstElementChild.cloneNode(true);
    this.bubbles = new Map();
    this.unread = 0;
    this.context = null;
    for (const part of ["log", "newest", "toasts", "keys", "menu", "write", "unblock", "clip", "slash"]) {
      this[part] = this.root.querySelector(`.${part}`);
    }
    this.contextBar = this.root.querySelector(".context");
    this.field = this.root.querySelector("textarea");
    this.root.id = `phone-${name}`;
    this.wire();
  }

  wire() {
    this.write.addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.submit(); }
      if (event.key === "Escape") { this.closeMenu(); this.setContext(null); }
    });
    this.field.addEventListener("input", () => {
      this.grow();
      if (/^\/\w*$/.test(this.field.value)) this.showCommands(this.field.value.slice(1), true);
      else this.closeMenu();
    });
    this.clip.addEventListener("click", () => this.toggle(this.clip, () => this.showAttach()));
    this.slash.addEventListener("click", () => this.toggle(this.slash, () => this.showCommands("")));
    this.unblock.addEventListener("click", () => this.act("unblock", {}));
    this.newest.addEventListener("click", () => this.toNewest(true));
    this.contextBar.querySelector("button").addEventListener("click", () => this.setContext(null));
    // A menu or a growing field takes room from the log: who was at the newest message stays there.
    new ResizeObserver(() => { if (this.following !== false) this.toNewest(false); }).observe(this.log);
    this.log.addEventListener("scroll", () => this.noticeScroll(), { passive: true });
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.menu.hidden) return;
      const opener = this.menuOf;
      this.closeMenu();
      opener?.focus();
    });
    document.addEventListener("pointerdown", (event) => {
      if (!this.menu.hidden && !this.menu.contains(event.target) && !this.write.contains(event.target)) this.closeMenu();
    });
  }

  act(what, body) { return this.page.post(`/api/phones/${this.name}/${what}`, body, this); }

  // What the server says.

  update(state, whole) {
    const atEnd = this.atEnd();
    if (whole) this.clear();
    this.show(state);
    for (const id of state.gone) this.take(id);
    for (const message of state.messages) this.put(message, whole);
    // By herself, Ada taps faster than anyone could read the toasts.
    if (!whole && !this.page.weeks.running) state.toasts.forEach((toast) => this.answer(toast));
    this.tidy();
    if (whole || atEnd) this.toNewest(false);
    else this.noticeScroll();
    this.log.setAttribute("aria-live", "polite");
  }

  show(state) {
    const { title, role, blocked, typing } = state;
    this.state = state;
    this.root.setAttribute("aria-label", `${title}'s phone`);
    this.log.setAttribute("aria-label", `Messages on ${title}'s phone`);
    this.root.querySelector("h2").textContent = title;
    this.root.querySelector(".face").textContent = title.replace(/^(Dr|Prof)\.? /, "")[0];
    this.root.dataset.role = role;
    this.root.querySelector(".state").textContent = blocked ? `${role} · has blocked the bot` : typing ? "the bot is typing…" : role;
    this.field.setAttribute("aria-label", `Message from ${title}`);
    this.write.hidden = blocked;
    this.unblock.hidden = !blocked;
    this.showKeys(state.keyboard);
  }

  clear() {
    this.log.setAttribute("aria-live", "off");
    this.log.replaceChildren();
    this.bubbles.clear();
    this.unread = 0;
  }

  put(message, whole) {
    const old = this.bubbles.get(message.message_id);
    const node = this.bubble(message);
    this.bubbles.set(message.message_id, node);
    if (old) {
      this.swap(old, node);
      return;
    }
    this.log.append(node);
    if (whole) return;
    node.classList.add("new");
    if (message.from.is_bot && !this.seen()) this.unread += 1;
  }

  // Keeps the keyboard's place: who tapped by key stays on the bubble that changed under them.
  swap(old, node) {
    const focused = old.contains(document.activeElement);
    const place = focused ? [...old.querySelectorAll(".taps button")].indexOf(document.activeElement) : -1;
    old.replaceWith(node);
    node.classList.add("changed");
    if (focused) {
      const taps = [...node.querySelectorAll(".taps button")];
      (taps[Math.min(Math.max(place, 0), taps.length - 1)] ?? this.log).focus({ preventScroll: true });
    }
  }

  take(id) {
    this.bubbles.get(id)?.remove();
    this.bubbles.delete(id);
  }

  // Date lines, tails and the empty state follow from what is in the log.
  tidy() {
    this.log.querySelectorAll(".day, .empty").forEach((node) => node.remove());
    let day = null;
    let previous = null;
    for (const node of [...this.log.children]) {
      if (node.dataset.day !== day) {
        day = node.dataset.day;
        node.before(make("p", "day", make("span", "", day)));
        previous = null;
      }
      node.classList.toggle("follows", previous === node.dataset.side);
      previous = node.dataset.side;
    }
    if (!this.bubbles.size) this.log.append(this.empty());
    this.page.showTabs();
  }

  empty() {
    const start = make("button", "main", "Start");
    start.addEventListener("click", () => this.act("send", { text: "/start" }));
    const bot = this.page.bot;
    return make("div", "empty", make("b", "", bot.name), make("p", "", `${this.state.title} has not written to @${bot.username} yet.`), start);
  }

  bubble(message) {
    const mine = !message.from.is_bot;
    const at = new Date(message.date * 1000);
    const body = make("div", "bubble");
    body.append(make("span", "visually-hidden", mine ? `${this.state.title}: ` : "The bot: "));
    if (message.reply_to_message) body.append(this.quote(message.reply_to_message));
    if (message.photo) body.append(this.photo(message));
    if (message.document) body.append(this.file(message.document));
    if (message.location) body.append(this.place(message.location));
    const words = message.text ?? message.caption;
    if (words) body.append(make("div", "words", rich(words, message.entities ?? message.caption_entities, this.acts())));
    const time = make("time", "", `${message.edit_date ? "edited " : ""}${this.page.time(at)}`);
    time.dateTime = at.toISOString();
    body.append(time);
    const node = make("div", `row ${mine ? "mine" : "theirs"}${message.photo ? " pictured" : ""}`);
    // Read aloud, a message is: who and what, then its buttons, then what one can do with it. CSS puts that last part
    // beside the bubble.
    node.setAttribute("role", "article");
    node.append(body);
    if (message.reply_markup?.inline_keyboard) node.append(this.taps(message));
    node.append(this.aside(message, mine));
    node.dataset.day = this.page.day(at);
    node.dataset.side = mine ? "mine" : "theirs";
    node.dataset.id = message.message_id;
    return node;
  }

  quote(message) {
    const who = message.from.is_bot ? this.page.bot.name : this.state.title;
    const node = make("button", "quote", make("b", "", who), make("span", "", brief(message)));
    node.addEventListener("click", () => {
      const target = this.bubbles.get(message.message_id);
      target?.scrollIntoView({ block: "center", behavior: "smooth" });
      target?.classList.remove("changed");
      requestAnimationFrame(() => target?.classList.add("changed"));
    });
    return node;
  }

  photo(message) {
    const size = message.photo.at(-1);
    const image = make("img");
    image.src = `/api/phones/${this.name}/photos/${encodeURIComponent(size.file_id)}`;
    image.width = size.width;
    image.height = size.height;
    image.alt = message.caption ? `Picture: ${message.caption.slice(0, 120)}` : "Picture";
    image.addEventListener("load", () => { if (this.following) this.toNewest(false); });
    const node = make("button", "photo", image);
    node.setAttribute("aria-label", `Open large. ${image.alt}`);
    node.addEventListener("click", () => this.page.openPicture(image.src, image.alt));
    return node;
  }

  file(document_) {
    const node = make("a", "file", icon(FILE), make("span", "", make("b", "", document_.file_name), make("small", "", bytes(document_.file_size))));
    node.href = `/api/phones/${this.name}/files/${encodeURIComponent(document_.file_id)}`;
    node.download = document_.file_name;
    return node;
  }

  place({ latitude, longitude }) {
    const near = this.page.cityNear(latitude, longitude);
    const where = `${latitude.toFixed(2)}, ${longitude.toFixed(2)}`;
    return make("div", "place", icon(PIN), make("span", "", make("b", "", near ?? "Location"), make("small", "", where)));
  }

  aside(message, mine) {
    const node = make("span", "aside");
    const reply = make("button", "", icon(REPLY));
    reply.setAttribute("aria-label", `Reply to: ${brief(message).slice(0, 40)}`);
    reply.title = "Reply";
    reply.addEventListener("click", () => this.setContext({ kind: "reply", message }));
    node.append(reply);
    if (mine && message.text) {
      const edit = make("button", "", icon(EDIT));
      edit.setAttribute("aria-label", `Edit: ${message.text.slice(0, 40)}`);
      edit.title = "Edit";
      edit.addEventListener("click", () => this.setContext({ kind: "edit", message }));
      node.append(edit);
    }
    return node;
  }

  taps(message) {
    const node = make("div", "taps");
    node.setAttribute("role", "group");
    node.setAttribute("aria-label", "Buttons of this message");
    for (const row of message.reply_markup.inline_keyboard) {
      const line = make("div", "keys-row");
      line.dataset.count = row.length;
      for (const button of row) line.append(this.tapButton(message, button));
      node.append(line);
    }
    return node;
  }

  tapButton(message, button) {
    const node = make("button", "tap", make("span", "", button.text));
    if (button.copy_text) {
      node.append(icon(COPY));
      node.title = "Copy";
      node.addEventListener("click", () => this.page.copy(button.copy_text.text, this));
    } else if (button.url) {
      node.append(icon(OUT));
      node.title = "Open a link";
      node.addEventListener("click", () => this.page.follow(button.url, this));
    } else {
      node.addEventListener("click", async () => {
        node.setAttribute("aria-busy", "true");
        await this.act("tap", { message_id: message.message_id, button: button.callback_data ?? button.text });
        node.removeAttribute("aria-busy");
      });
    }
    return node;
  }

  acts() {
    return {
      copy: (text) => this.page.copy(text, this),
      send: (text) => this.act("send", { text }),
      open: (address) => this.page.follow(address, this),
      payload: (address) => this.page.payload(address),
    };
  }

  answer(toast) {
    if (toast.alert) this.page.openAlert(toast.text);
    else this.say(toast.text);
  }

  say(text) {
    const node = make("p", "toast", text);
    this.toasts.replaceChildren(node);
    setTimeout(() => node.remove(), 4000);
  }

  // What the person does.

  async submit() {
    const text = this.field.value.trim();
    if (!text) return;
    const context = this.context;
    this.field.value = "";
    this.grow();
    this.closeMenu();
    this.setContext(null);
    this.following = true;
    this.toNewest(false);
    if (context?.kind === "edit") await this.act("edit", { message_id: context.message.message_id, text });
    else await this.act("send", context ? { text, reply_to: context.message.message_id } : { text });
  }

  setContext(context) {
    if (this.context?.kind === "edit" && !context) { this.field.value = ""; this.grow(); }
    this.context = context;
    this.contextBar.hidden = !context;
    if (!context) return;
    this.contextBar.querySelector("b").textContent = context.kind === "edit" ? "Edit" : "Reply";
    this.contextBar.querySelector("span").textContent = brief(context.message);
    if (context.kind === "edit") { this.field.value = context.message.text; this.grow(); }
    this.field.focus();
  }

  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 120)}px`;
  }

  toggle(opener, show) {
    const open = opener.getAttribute("aria-expanded") === "true";
    this.closeMenu();
    if (open) return;
    show();
    this.menu.querySelector("button")?.focus();
  }

  openMenu(opener, ...children) {
    this.closeMenu();
    this.menu.replaceChildren(...children);
    this.menu.hidden = false;
    this.menuOf = opener;
    opener.setAttribute("aria-expanded", "true");
  }

  closeMenu() {
    this.menu.hidden = true;
    this.clip.setAttribute("aria-expanded", "false");
    this.slash.setAttribute("aria-expanded", "false");
  }

  choice(label, note, act) {
    const node = make("button", "", make("b", "", label), make("span", "", note));
    node.addEventListener("click", () => { this.closeMenu(); this.field.focus({ preventScroll: true }); act(); });
    return node;
  }

  showCommands(start, typed = false) {
    const fitting = this.state.commands.filter(({ command }) => command.startsWith(start));
    if (!fitting.length && typed) { this.closeMenu(); return; }
    const rows = fitting.map(({ command, description }) =>
      this.choice(`/${command}`, description, () => { this.field.value = ""; this.act("send", { text: `/${command}` }); }));
    this.openMenu(this.slash, ...(rows.length ? rows : [make("p", "", "The bot shows no commands here yet.")]));
  }

  showAttach() {
    const cities = this.page.cities.map((city) => this.choice(`Location: ${city}`, "send it", () => this.act("location", { city })));
    this.openMenu(this.clip, ...cities, this.choice("Block the bot", "", () => this.act("block", {})));
  }

  showKeys(keyboard) {
    const shown = JSON.stringify(keyboard);
    if (shown === this.shownKeys) return;
    this.shownKeys = shown;
    this.keys.hidden = !keyboard;
    this.keys.replaceChildren(...(keyboard?.keyboard ?? []).map((row) => {
      const line = make("div", "keys-row");
      for (const key of row) {
        const label = typeof key === "string" ? key : key.text;
        const node = make("button", "tap", make("span", "", label));
        node.addEventListener("click", () => {
          if (!key.request_location) { this.act("press", { key: label }); return; }
          this.openMenu(this.clip, ...this.page.cities.map((city) => this.choice(city, "send as location", () => this.act("press", { key: label, city }))));
          this.menu.querySelector("button")?.focus();
        });
        line.append(node);
      }
      return line;
    }));
  }

  // Where the person looks.

  seen() { return this.page.isShown(this) && !document.hidden; }

  atEnd() { return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80; }

  toNewest(smooth) {
    this.following = true;
    this.log.scrollTo({ top: this.log.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    this.newest.hidden = true;
  }

  noticeScroll() {
    this.following = this.atEnd();
    this.newest.hidden = this.following;
  }

  shown() {
    this.unread = 0;
    if (this.following !== false) this.toNewest(false);
  }
}

function brief(message) {
  const kind = message.photo ? "Picture" : message.location ? "Location" : message.document?.file_name;
  return (message.text ?? message.caption ?? kind ?? "Message").replace(/\s+/g, " ").slice(0, 90);
}

function bytes(count) {
  return count < 1024 ? `${count} B` : count < 1048576 ? `${Math.round(count / 1024)} KB` : `${(count / 1048576).toFixed(1)} MB`;
}
