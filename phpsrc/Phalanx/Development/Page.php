<?php

declare(strict_types=1);

namespace Phalanx\Development;

use Workerman\Protocols\Http\Request;

/**
 * An error as a page: message, source, stack, request. No script.
 *
 * @internal
 */
final class Page
{
    /** Frames with an excerpt of their source. */
    private const MAX_FRAMES = 50;

    private const STYLE = <<<'CSS'
        :root { color-scheme: light dark; --page: #f6f7f9; --card: #fff; --text: #1c2330; --dim: #667085;
            --line: #e3e7ee; --red: #c0262d; --mark: #fdecec; --code: #fbfcfd }
        @media (prefers-color-scheme: dark) { :root { --page: #12151b; --card: #1a1f28; --text: #e4e8ef; --dim: #8d97a8;
            --line: #2b3240; --red: #ff7b7b; --mark: #40222a; --code: #151a21 } }
        * { box-sizing: border-box }
        body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif }
        main { max-width: 62rem; margin: 0 auto; padding: 2rem 1rem 4rem }
        header, section { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
            margin: 0 0 1rem; padding: 1.25rem 1.5rem }
        header { border-top: 4px solid var(--red) }
        h1 { font-size: 1.4rem; line-height: 1.35; margin: .2rem 0 .6rem; overflow-wrap: anywhere;
            white-space: pre-wrap }
        h2 { font-size: .8rem; letter-spacing: .06em; text-transform: uppercase; color: var(--dim); margin: 0 0 .75rem }
        h3 { font-size: .95rem; margin: 1.2rem 0 .3rem }
        .type { color: var(--red); font-weight: 600; overflow-wrap: anywhere }
        .place, code, pre, summary, td { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .84rem }
        .place { color: var(--dim); overflow-wrap: anywhere }
        .note { white-space: pre-wrap; margin: .8rem 0 0; color: var(--dim) }
        pre { background: var(--code); border: 1px solid var(--line); border-radius: 6px; margin: .8rem 0 0;
            padding: .5rem 0; overflow-x: auto; line-height: 1.6 }
        pre span { display: block; padding: 0 1rem; min-width: max-content }
        pre .it { background: var(--mark); box-shadow: inset 3px 0 var(--red) }
        pre i { color: var(--dim); display: inline-block; font-style: normal; margin-right: 1rem; text-align: right;
            user-select: none; width: 2.5rem }
        details { border-top: 1px solid var(--line); padding: .5rem 0 }
        details:first-of-type { border: 0 }
        summary { cursor: pointer; overflow-wrap: anywhere }
        .other summary { color: var(--dim) }
        table { border-collapse: collapse; width: 100% }
        td { border-top: 1px solid var(--line); padding: .3rem .5rem .3rem 0; vertical-align: top;
            overflow-wrap: anywhere; white-space: pre-wrap }
        td:first-child { color: var(--dim); width: 14rem }
        footer { color: var(--dim); font-size: .85rem; text-align: center }
        CSS;

    public static function of(Failure $failure, Request $request): string
    {
        $title = self::escape("$failure->title: $failure->message");
        // Only what a trial has found goes by itself.
        $again = $failure->isOfTrial ? '<meta http-equiv="refresh" content="2">' : '';
        $body = self::head($failure);
        for ($one = $failure->previous; $one !== null; $one = $one->previous) {
            $body .= '<section><h2>Because of</h2>' . self::inner($one) . '</section>';
        }
        $body .= self::stack($failure) . self::request($request);
        $style = self::STYLE;

        return <<<HTML
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">$again
            <title>$title</title><style>$style</style></head>
            <body><main>$body
            <footer>Shown in development only, by <code>phalanx watch</code>.</footer></main></body></html>

            HTML;
    }

    private static function head(Failure $failure): string
    {
        return '<header>' . self::inner($failure) . '</header>';
    }

    private static function inner(Failure $failure): string
    {
        $html = '<div class="type">' . self::escape($failure->title) . '</div><h1>' . self::escape($failure->message)
            . '</h1>';
        if ($failure->file !== '') {
            $place = $failure->line > 0 ? "$failure->file:$failure->line" : $failure->file;
            $html .= '<div class="place">' . self::escape($place) . '</div>'
                . self::excerpt($failure->file, $failure->line);
        }
        if ($failure->note !== '') {
            $html .= '<p class="note">' . self::escape($failure->note) . '</p>';
        }

        return $html;
    }

    private static function excerpt(string $file, int $line): string
    {
        $html = '';
        foreach (Failure::excerpt($file, $line) as $n => $text) {
            $html .= '<span' . ($n === $line ? ' class="it"' : '') . "><i>$n</i>" . self::escape($text) . '</span>';
        }

        return $html === '' ? '' : "<pre>$html</pre>";
    }

    private static function stack(Failure $failure): string
    {
        $html = '';
        foreach (\array_slice($failure->frames, 0, self::MAX_FRAMES) as $frame) {
            $place = $frame['file'] === '' ? '' : "$frame[file]:$frame[line]";
            $class = Failure::isApplications($frame['file']) ? '' : ' class="other"';
            $html .= "<details$class><summary>" . self::escape($frame['call']) . ' <span class="place">'
                . self::escape($place) . '</span></summary>' . self::excerpt($frame['file'], $frame['line'])
                . '</details>';
        }
        $more = \count($failure->frames) - self::MAX_FRAMES;
        $html .= $more > 0 ? "<p class=\"note\">... and $more more</p>" : '';

        return $html === '' ? '' : "<section><h2>Stack, innermost first</h2>$html</section>";
    }

    private static function request(Request $request): string
    {
        $html = '';
        foreach (RequestData::of($request) as $title => $values) {
            $html .= '<h3>' . self::escape($title) . '</h3><table>';
            foreach ($values as $name => $value) {
                $html .= '<tr><td>' . self::escape((string) $name) . '</td><td>' . self::escape($value) . '</td></tr>';
            }
            $html .= '</table>';
        }

        return $html === '' ? '' : "<section><h2>Request</h2>$html</section>";
    }

    private static function escape(string $text): string
    {
        return \htmlspecialchars($text, \ENT_QUOTES | \ENT_SUBSTITUTE | \ENT_HTML5, 'UTF-8');
    }
}
