<?php

declare(strict_types=1);

namespace Phalcon\Html\Link;

use Phalcon\Html\Link\Interfaces\EvolvableLinkInterface;

/** A link of which changed copies can be made. */
class EvolvableLink extends Link implements EvolvableLinkInterface
{
    public function withAttribute($attribute, $value): static
    {
        return $this->doWithAttribute($attribute, $value);
    }

    public function withHref(string $href): static
    {
        return $this->doWithHref($href);
    }

    public function withRel(string $rel): static
    {
        return $this->doWithRel($rel);
    }

    public function withoutAttribute(string $attribute): static
    {
        return $this->doWithoutAttribute($attribute);
    }

    public function withoutRel(string $rel): static
    {
        return $this->doWithoutRel($rel);
    }
}
