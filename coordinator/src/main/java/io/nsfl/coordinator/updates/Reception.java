package io.nsfl.coordinator.updates;

import io.nsfl.protocol.v1.Receipt;
import java.util.concurrent.CompletionStage;

/** What a result's header leads to. */
sealed interface Reception {
    /** No bytes are needed: the answer is known, or will be. */
    record Answered(CompletionStage<Receipt> receipt) implements Reception {}

    /** The update's bytes are awaited. */
    record Awaited(Upload upload) implements Reception {}
}
