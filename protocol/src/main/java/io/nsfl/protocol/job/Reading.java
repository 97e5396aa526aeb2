package io.nsfl.protocol.job;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.fault.Violation;
import java.util.List;
import java.util.Optional;

/**
 * What came of reading a document: the value, or every violation at once; and warnings either way.
 *
 * @param value present exactly when there are no violations
 * @param violations why it is refused
 * @param warnings what was accepted but is probably not meant, for example a misspelt key
 */
public record Reading<T>(Optional<T> value, List<Violation> violations, List<Violation> warnings) {
    public Reading {
        violations = List.copyOf(violations);
        warnings = List.copyOf(warnings);
        if (value.isPresent() != violations.isEmpty()) {
            throw new IllegalArgumentException(
                    "A reading has a value or violations, got " + value + " and " + violations);
        }
    }

    /** @throws FaultException with this fault and all violations if there are any */
    public T orThrow(Fault fault, String subject) {
        return value.orElseThrow(() -> new FaultException(fault, sentence(subject), violations));
    }

    private String sentence(String subject) {
        StringBuilder text = new StringBuilder(subject).append(" is refused: ");
        for (int i = 0; i < violations.size(); i++) {
            text.append(i == 0 ? "" : " ").append(violations.get(i));
            text.append('.');
        }
        return text.toString();
    }
}
