package io.nsfl.federation.update;

import java.util.function.Supplier;

/** The outcome of a check: a value, because a bad update is an everyday event and not a failure of ours. */
public sealed interface Verdict {
    Verdict ACCEPTED = new Accepted();

    record Accepted() implements Verdict {}

    /** @param message one sentence for a person */
    record Refused(Refusal refusal, String message) implements Verdict {}

    /** The first refusal decides: later checks are not even asked. */
    default Verdict then(Supplier<Verdict> next) {
        return switch (this) {
            case Accepted accepted -> next.get();
            case Refused refused -> refused;
        };
    }
}
