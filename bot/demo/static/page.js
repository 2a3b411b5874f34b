// The page: the clock above, the telephones below, and one stream of events that fills them.

import { make, Phone } from "./phone.js";

const find = (id) => document.getElementById(id);
const NEAR = { Lisbon: [38.72, -9.14], Chicago: [41.88, -87.63], Kathmandu: [27.72, 85.32], Nuuk: [64.18, -51.72] };

class Page {
  phones = new Map();
  bot = { name: "", username: "" };
  cities = [];
  weeks = {};
  wide = matchMedia("(min-width: 900px)");
  alone = new URLSearchParams(location.search).get("phone");

  start() {
    document.body.classList.toggle("alone", this.alone !== null);
    this.wireTheme();
    this.wireClock();
    this.wireDialogs();
    this.wide.addEventListener("change", () => this.showTabs());
    const events = new EventSource("/api/events");
    events.addEventListener("message", (event) => { this.trouble(null); this.update(JSON.parse(event.data)); });
    events.addEventListener("error", () => this.trouble("The connection to the demo is lost. Trying again…"));
  }

  update(state) {
    this.bot = state.bot;
    this.cities = state.cities;
    this.weeks = state.weeks;
    this.zone = state.clock.zone;
    this.showClock(state.clock, state.weeks);
    for (const name of Object.keys(state.phones)) if (!this.phones.has(name)) this.addPhone(name, state.phones[name]);
    for (const [name, phone] of this.phones) phone.update(state.phones[name], state.whole);
    this.showTabs();
  }

  async post(address, body, phone, method = "POST") {
    try {
      const answer = await fetch(address, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
      const result = await answer.json().catch(() => ({}));
      if (!answer.ok) this.complain(result.error ?? `The demo answered ${answer.status}.`, phone);
      return answer.ok ? result : null;
    } catch {
      this.complain("The demo does not answer. Is it still running?", phone);
      return null;
    }
  }

  complain(text, phone) {
    const shown = phone ?? [...this.phones.values()].find((one) => this.isShown(one));
    if (shown) shown.say(text);
    else this.trouble(text);
  }

  trouble(text) {
    find("trouble").hidden = !text;
    find("trouble").textContent = text ?? "";
  }

  // The clock.

  wireClock() {
    for (const button of document.querySelectorAll("[data-move]")) {
      button.addEventListener("click", () => this.move(JSON.parse(button.dataset.move)));
    }
    find("weeks").addEventListener("click", () => this.post("/api/weeks", { weeks: 4 }));
    find("stop").addEventListener("click", () => this.post("/api/weeks", {}, null, "DELETE"));
  }

  async move(body) {
    if (this.moving) return;
    await this.post("/api/clock", body);
  }

  showClock(clock, weeks) {
    this.moving = clock.moving;
    find("clock").textContent = clock.says;
    document.body.classList.toggle("moving", clock.moving);
    // aria-disabled, not disabled: who pressed a button by key keeps their place.
    for (const button of document.querySelectorAll("[data-move]")) button.setAttribute("aria-disabled", String(clock.moving));
    const held = document.activeElement;
    find("weeks").hidden = weeks.running;
    find("weeks").setAttribute("aria-disabled", String(clock.moving));
    find("going").hidden = !weeks.running;
    find("progress").max = weeks.total_days || 1;
    find("progress").value = weeks.done_days;
    find("going-says").textContent = weeks.stopping ? "Stopping…" : `Day ${weeks.done_days} of ${weeks.total_days}`;
    if (held === find("weeks") && weeks.running) find("stop").focus();
    if (held === find("stop") && !weeks.running) find("weeks").focus();
    if (weeks.error && weeks.error !== this.told) this.complain(weeks.error);
    this.told = weeks.error;
  }

  time(at) { return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: this.zone }).format(at); }

  day(at) {
    return new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", timeZone: this.zone }).format(at);
  }

  // Telephones, side by side or as tabs.

  addPhone(name, state) {
    const phone = new Phone(name, this);
    phone.state = state;
    this.phones.set(name, phone);
    find("phones").append(phone.root);
    const tab = make("button", "", make("span", "", state.title), make("span", "unread"));
    tab.id = `tab-${name}`;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", phone.root.id);
    tab.addEventListener("click", () => this.choose(phone));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const all = [...this.phones.values()];
      this.choose(all[(all.indexOf(phone) + step + all.length) % all.length]).focus();
    });
    phone.tab = tab;
    find("tabs").append(tab);
    if (this.alone === name) this.chosen = phone;
    this.chosen ??= phone;
  }

  choose(phone) {
    this.chosen = phone;
    this.showTabs();
    phone.shown();
    return phone.tab;
  }

  isShown(phone) { return (this.wide.matches && this.alone === null) || this.chosen === phone; }

  showTabs() {
    for (const phone of this.phones.values()) {
      const chosen = this.chosen === phone;
      if (this.isShown(phone)) phone.unread = 0;
      phone.root.hidden = !this.isShown(phone);
      phone.root.setAttribute("role", this.wide.matches || this.alone !== null ? "region" : "tabpanel");
      phone.tab.setAttribute("aria-selected", String(chosen));
      phone.tab.tabIndex = chosen ? 0 : -1;
      const mark = phone.tab.querySelector(".unread");
      mark.textContent = phone.unread || "";
      mark.title = phone.unread ? `${phone.unread} new` : "";
    }
  }

  // Links, copies, pictures, alerts.

  payload(address) {
    let url;
    try { url = new URL(address); } catch { return null; }
    const ours = ["t.me", "telegram.me"].includes(url.hostname) && url.pathname.slice(1).toLowerCase() === this.bot.username.toLowerCase();
    return ours ? url.searchParams.get("start") ?? "" : null;
  }

  follow(address, from) {
    if (this.payload(address) === null) {
      if (/^https?:/i.test(address)) window.open(address, "_blank", "noopener,noreferrer");
      return;
    }
    find("link-says").textContent = address;
    // The other telephone first: a link is made to be passed on.
    const others = [...this.phones.values()].sort((a, b) => (a === from) - (b === from));
    find("link-phones").replaceChildren(...others.map((phone, i) => {
      const button = make("button", i ? "" : "main", `Open on ${phone.state.title}'s phone`);
      button.addEventListener("click", () => {
        find("link").close();
        this.choose(phone);
        phone.field.focus();
        phone.act("open", { link: address });
      });
      return button;
    }));
    const copy = make("button", "", "Copy the link");
    copy.addEventListener("click", () => { find("link").close(); this.toClipboard(address, from); });
    find("link-phones").append(copy);
    find("link").showModal();
  }

  // A copied invitation is about to be passed on: offer the other phone at once.
  async copy(text, phone) {
    await this.toClipboard(text, phone);
    if (this.payload(text) !== null) this.follow(text, phone);
  }

  async toClipboard(text, phone) {
    try {
      await navigator.clipboard.writeText(text);
      phone.say("Copied");
    } catch {
      phone.say(`Could not copy. The text is: ${text}`);
    }
  }

  openPicture(address, words) {
    const image = find("picture").querySelector("img");
    image.src = address;
    image.alt = words;
    find("picture").showModal();
  }

  openAlert(text) {
    find("alert-says").textContent = text;
    if (!find("alert").open) find("alert").showModal();
  }

  wireDialogs() {
    for (const dialog of document.querySelectorAll("dialog")) {
      dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    }
    find("picture").querySelector("img").addEventListener("click", () => find("picture").close());
  }

  cityNear(latitude, longitude) {
    const near = Object.entries(NEAR).find(([, [lat, lon]]) => Math.abs(lat - latitude) < 0.5 && Math.abs(lon - longitude) < 0.5);
    return near?.[0] ?? null;
  }

  wireTheme() {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const root = document.documentElement;
    const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
    const show = () => { find("theme").textContent = isDark() ? "Light" : "Dark"; find("theme").title = `Show the page ${isDark() ? "light" : "dark"}`; };
    if (localStorage.theme === "dark" || localStorage.theme === "light") root.dataset.theme = localStorage.theme;
    find("theme").addEventListener("click", () => { localStorage.theme = root.dataset.theme = isDark() ? "light" : "dark"; show(); });
    dark.addEventListener("change", show);
    show();
  }
}

new Page().start();
