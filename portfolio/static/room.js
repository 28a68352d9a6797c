"use strict";
// In the room of a review: looks every two seconds whether something happened, and then shows it without reloading.
// <div id="room" data-news="the last number" data-ask="where to ask"> holds parts with an id and data-live, which are
// replaced by what the page says now. What somebody is typing stays. Without this script, reloading does the same.
// data-open says whether the review goes on; when that changes the page is another one. data-beat is how often to look.

const BEAT = 2000;

/** Which option a list shows before anybody chose one. */
function atFirst(list) {
  return Math.max(0, [...list.options].findIndex((option) => option.defaultSelected));
}

/** Something was typed or chosen here that was not sent yet. */
function holdsTyping(where) {
  const fields = [...where.querySelectorAll("textarea, input:not([type=hidden])")];
  const lists = [...where.querySelectorAll("select")];
  return fields.some((field) => field.value !== field.defaultValue)
    || lists.some((list) => list.selectedIndex !== atFirst(list));
}

/** A part that somebody is writing in is left alone. */
function isInUse(part) {
  const at = document.activeElement;
  return (part.contains(at) && at.matches("input, textarea, select")) || holdsTyping(part);
}

/** Stay where the keyboard was: at the same link or button, or else in the same part. */
function focusAgain(part, was) {
  const same = [...part.querySelectorAll(was.tagName)].find((one) =>
    one.textContent === was.textContent && one.getAttribute("href") === was.getAttribute("href"));
  if (!same) {
    part.tabIndex = -1;
  }
  (same ?? part).focus({ preventScroll: true });
}

/** Take over the parts of a page that was just read. */
function takeOver(page, room) {
  for (const part of room.querySelectorAll("[data-live]")) {
    const now = page.getElementById(part.id);
    if (!now || isInUse(part) || now.innerHTML === part.innerHTML) {
      continue;
    }
    const was = part.contains(document.activeElement) ? document.activeElement : null;
    part.innerHTML = now.innerHTML;
    if (was) {
      focusAgain(part, was);
    }
  }
}

/** Show what there is now; but nobody loses what they typed, and they are told. */
function leave(room) {
  if (!holdsTyping(room)) {
    location.reload();
  }
  document.getElementById("room-left")?.removeAttribute("hidden");
}

/** Read the page again. */
async function look(room, news) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (page.getElementById("room")?.dataset.open !== room.dataset.open) {
    leave(room); // The review was opened or closed, or somebody signed out.
    return;
  }
  takeOver(page, room);
  room.dataset.news = news;
}

/** Ask whether there is news. */
async function ask(room) {
  if (document.hidden) {
    return;
  }
  try {
    const answer = await fetch(room.dataset.ask, { headers: { Accept: "application/json" } });
    if (!answer.ok) {
      leave(room);
      return;
    }
    const { news, open } = await answer.json();
    if (String(open) !== room.dataset.open || String(news) !== room.dataset.news) {
      await look(room, news);
    }
  } catch {
    // The line was down for a moment; the next beat asks again.
  }
}

/** Minutes since something began, in its own words: data-since in seconds, data-words with __n__. */
function tell() {
  for (const clock of document.querySelectorAll("[data-since]")) {
    const minutes = Math.max(0, Math.floor((Date.now() / 1000 - Number(clock.dataset.since)) / 60));
    clock.textContent = clock.dataset.words.replace("__n__", minutes);
  }
}

const room = document.getElementById("room");
if (room) {
  const between = Number(room.dataset.beat) || BEAT;
  const beat = async () => {
    await ask(room);
    tell();
    setTimeout(beat, between);
  };
  tell();
  setTimeout(beat, between);
  document.addEventListener("visibilitychange", () => ask(room));
}
