<?php

declare(strict_types=1);

namespace Phalanx\Metrics;

/** Series by the values of a metric's labels. */
trait Labelled
{
    /** @var list<string>|null */
    private ?array $names = null;

    /** @var array<string, self> those asked for, up to a bound */
    private array $series = [];

    /**
     * The series of these label values. Keep what it answers where it is used often.
     *
     * @param array<string, string|int|float|bool> $labels a value for each label; of one longer than 256 bytes the
     *     rest is cut off
     * @throws MetricException when a label is missing or unknown
     */
    public function with(array $labels): self
    {
        $this->names ??= $this->labelNames();
        $values = [];
        foreach ($this->names as $name) {
            if (!isset($labels[$name])) {
                break;
            }
            $value = $labels[$name];
            $values[] = \is_bool($value) ? ($value ? 'true' : 'false') : (string) $value;
        }
        if ($values === [] || \count($values) !== \count($labels) || \count($values) !== \count($this->names)) {
            throw new MetricException(\sprintf(
                'metrics: %s has the labels [%s]; values were given for [%s]',
                $this->name(),
                \implode(', ', $this->names),
                \implode(', ', \array_keys($labels)),
            ));
        }
        $key = \implode("\0", $values);
        if (isset($this->series[$key])) {
            return $this->series[$key];
        }
        $series = new self($this->name(), $values);
        if (\count($this->series) < 1000) {
            $this->series[$key] = $series;
        }
        return $series;
    }

    /** @return array{name: string} */
    public function __debugInfo(): array
    {
        return ['name' => $this->name()];
    }
}
