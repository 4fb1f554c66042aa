"use strict";

// What Telegram signs stands after the number sign: https://core.telegram.org/bots/webapps
const given = new URLSearchParams(location.hash.slice(1));
const initData = given.get("tgWebAppData");

function tell(event, data) {
  const text = JSON.stringify(data);
  if (window.TelegramWebviewProxy) {
    window.TelegramWebviewProxy.postEvent(event, text);
  } else if (window.parent !== window) {
    window.parent.postMessage(JSON.stringify({ eventType: event, eventData: data }), "https://web.telegram.org");
  }
}

if (initData) {
  tell("web_app_ready", {});
  tell("web_app_expand", {});
  history.replaceState(null, "", location.pathname + location.search);
  const form = document.querySelector("[data-app]");
  form.elements.init_data.value = initData;
  form.submit();
} else {
  document.querySelector("[data-waiting]").hidden = true;
  document.querySelector("[data-elsewhere]").hidden = false;
}
