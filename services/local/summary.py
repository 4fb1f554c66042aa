from services.local import environment as env
from services.local.plan import Plan


def welcome(plan: Plan, username: str | None, seconds: float, panel_link: str | None = None) -> str:
    """Return where to go, for a person."""
    settings = plan.settings
    rows = [("Bot", _bot(plan, username)), ("Answers", _answers(plan)), ("Videos", _videos(plan))]
    rows.append(("Panel", _panel(plan, panel_link)))
    if settings.runs_telegram:
        rows.insert(0, ("Chat page", f"http://127.0.0.1:{settings.sandbox_telegram_port}/"))
    rows += [
        ("Metrics", f"http://127.0.0.1:{settings.gateway_metrics_port}/metrics  (gateway)"),
        ("", f"http://127.0.0.1:{settings.text_metrics_port}/metrics  (text)"),
        ("", f"http://127.0.0.1:{settings.image_metrics_port}/metrics  (image)"),
        ("", f"http://127.0.0.1:{settings.docs_metrics_port}/metrics  (docs)"),
        ("", f"http://127.0.0.1:{settings.video_metrics_port}/metrics  (video)"),
        ("", f"http://127.0.0.1:{settings.admin_metrics_port}/metrics  (admin)"),
        ("NATS", "another server, by NATS_URL" if not settings.runs_nats else plan.nats_url),
        ("Data", str(plan.data_dir)),
    ]
    lines = [f"Quartet is up after {seconds:.1f} s.", ""]
    lines += [f"  {title:<11}{text}" for title, text in rows]
    return "\n" + "\n".join([*lines, "", "  Ctrl-C stops everything."]) + "\n"


def not_read(plan: Plan) -> list[str]:
    """Return a line for each kind of variable that is set and that nothing reads."""
    return [
        f"{name} is set, but not read: here its name is {known}."
        for name, known in env.OTHER_NAMES.items()
        if plan.environment.get(name)
    ]


def _bot(plan: Plan, username: str | None) -> str:
    name = f"@{username}" if username else "its name is not known yet"
    if plan.settings.runs_telegram:
        return f"{name} (sandbox; TELEGRAM_BOT_TOKEN makes it a real one)"
    if plan.settings.telegram_api_url:
        return f"{name} (another Bot API server, by TELEGRAM_API_URL)"
    return f"{name}, https://t.me/{username}" if username else f"{name} (Telegram has not answered)"


def _panel(plan: Plan, link: str | None) -> str:
    if link is not None:
        return f"{link}  (opens once; /admin in the bot sends another)"
    how = "/admin in the bot sends a link" if plan.owner_id else "ADMIN_IDS names who may enter"
    return f"{plan.panel_url}  ({how})"


def _answers(plan: Plan) -> str:
    settings = plan.settings
    if settings.runs_vendors:
        return (
            "the sandbox's stand-ins for OpenAI and Google (OPENAI_API_KEY or GOOGLE_API_KEY makes them real)"
        )
    vendors = [
        ("OpenAI", "OPENAI_BASE_URL", settings.has_openai, settings.openai_base_url),
        ("Google", "GOOGLE_BASE_URL", settings.has_google, settings.google_base_url),
    ]
    names = [
        f"another server, by {variable}" if base_url else name
        for name, variable, is_used, base_url in vendors
        if is_used
    ]
    return " and ".join(names)


def _videos(plan: Plan) -> str:
    settings = plan.settings
    if settings.runs_runway:
        return "the sandbox's stand-in for Runway (RUNWAYML_API_SECRET makes it real)"
    if settings.has_runway:
        return "another server, by RUNWAYML_BASE_URL" if settings.runwayml_base_url else "Runway"
    return "Google"
