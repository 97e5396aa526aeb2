package io.nsfl.modelmanager.upload;

import io.nsfl.modelmanager.model.ModelFlow;
import io.nsfl.modelmanager.model.ModelKey;
import io.nsfl.modelmanager.model.ModelState;
import io.nsfl.modelmanager.model.ModelVersion;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Waits for signs of life of uploads; one that is silent for too long is an error, until it is heard of again. */
public final class Watchdog {
    private final ModelFlow flow;
    private final InstantSource clock;
    private final Duration patience;
    private final Map<ModelKey, Instant> heard = new ConcurrentHashMap<>();

    /** @param patience the longest silence */
    public Watchdog(ModelFlow flow, InstantSource clock, Duration patience) {
        this.flow = flow;
        this.clock = clock;
        this.patience = patience;
    }

    /** The upload lives, and has to be heard of again in time. */
    public void heard(ModelKey key) {
        Instant now = clock.instant();
        Instant before = heard.put(key, now);
        if (before == null || !now.isBefore(before.plus(patience))) {
            flow.later(key, patience, this::look);
        }
    }

    private void look(ModelVersion version) {
        ModelKey key = version.key();
        Instant last = heard.get(key);
        if (last == null) {
            return;
        }
        Duration left = Duration.between(clock.instant(), last.plus(patience));
        if (left.isPositive() && version.state() == ModelState.UNREADY) {
            flow.later(key, left, this::look);
            return;
        }
        if (version.state() == ModelState.UNREADY) {
            flow.edit(
                    version,
                    edit -> edit.state(ModelState.ERROR)
                            .error("Nothing was heard of the upload for %d s.".formatted(patience.toSeconds())));
        }
        heard.remove(key, last);
        if (heard.containsKey(key)) {
            // Heard of while this was decided.
            flow.later(key, patience, this::look);
        }
    }
}
