package walk

// corrected is the step about the block that a correction of the lesson makes of
// this one: what is not said of it is as it was, but for what was expected.
func (s Step) corrected() Step {
	c := *s.Corrected
	merged := s
	merged.Corrected, merged.Expect = nil, c.Expect
	for _, text := range []struct{ into, from *string }{
		{&merged.File, &c.File}, {&merged.Edit, &c.Edit}, {&merged.Command, &c.Command}, {&merged.Section, &c.Section},
		{&merged.Sum, &c.Sum}, {&merged.To, &c.To}, {&merged.In, &c.In}, {&merged.Inside, &c.Inside},
		{&merged.Terminal, &c.Terminal}, {&merged.Refused, &c.Refused}, {&merged.Untyped, &c.Untyped},
	} {
		if *text.from != "" {
			*text.into = *text.from
		}
	}
	replace(&merged.Give, c.Give)
	replace(&merged.Needs, c.Needs)
	replace(&merged.Before, c.Before)
	replace(&merged.Lines, c.Lines)
	replace(&merged.After, c.After)
	if c.Nth != 0 {
		merged.Nth = c.Nth
	}
	if c.Output != nil {
		merged.Output = c.Output
	}
	return merged
}

// replace puts a list in the place of another where it was given, be it empty.
func replace[T any](into *[]T, from []T) {
	if from != nil {
		*into = from
	}
}

// variants are the forms in which a step may fit the lesson, the first one first.
func (s Step) variants() []Step {
	if s.Corrected == nil {
		return []Step{s}
	}
	return []Step{s, s.corrected()}
}
