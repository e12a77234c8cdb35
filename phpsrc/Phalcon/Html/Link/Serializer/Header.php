<?php

declare(strict_types=1);

namespace Phalcon\Html\Link\Serializer;

/** Makes the value of a Link header: RFC 8288, 3. Addresses are taken as they are. */
class Header implements SerializerInterface
{
    /** Templates are left out; null when no link is left. */
    public function serialize(array $links): ?string
    {
        $elements = [];
        foreach ($links as $link) {
            if ($link->isTemplated()) {
                continue;
            }
            $parts = ['', 'rel="' . implode(' ', $link->getRels()) . '"'];
            foreach ($link->getAttributes() as $name => $value) {
                foreach (is_array($value) ? $value : [$value] as $single) {
                    if (is_bool($single) && !is_array($value)) {
                        $parts[] = $single ? $name : null;
                        continue;
                    }
                    $parts[] = $name . '="' . addcslashes((string) $single, '"\\') . '"';
                }
            }
            $elements[] = '<' . $link->getHref() . '>' . implode('; ', array_filter($parts, is_string(...)));
        }

        return $elements === [] ? null : implode(',', $elements);
    }
}
