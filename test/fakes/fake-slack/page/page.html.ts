import { html, Html } from './html';

/** The page around the feed. Style and script are files of their own, so that nothing inline has to be allowed. */
export function renderPage(feed: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Fake Slack</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/page.css" />
        <script src="/page.js" defer></script>
      </head>
      <body>
        <header class="top">
          <h1>Fake Slack</h1>
          <nav id="channels" aria-label="Channels"></nav>
          <p id="status" role="status">live</p>
          <p class="links"><a href="/render.txt">as text</a> <a href="/state.json">as JSON</a></p>
        </header>
        <main id="feed">${feed}</main>
        <noscript><p class="empty">Without scripts the page does not refresh by itself.</p></noscript>
      </body>
    </html>`.source;
}
