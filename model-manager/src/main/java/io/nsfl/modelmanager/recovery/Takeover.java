package io.nsfl.modelmanager.recovery;

import io.nsfl.modelmanager.catalog.Deletion;
import io.nsfl.modelmanager.copy.Copies;
import io.nsfl.modelmanager.model.ModelFlow;
import io.nsfl.modelmanager.model.ModelState;
import io.nsfl.modelmanager.model.ModelTable;
import io.nsfl.modelmanager.model.ModelVersion;
import io.nsfl.modelmanager.upload.ByteUploads;
import io.nsfl.modelmanager.upload.Watchdog;
import io.nsfl.servicekit.time.Timers;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/**
 * Takes up every version where it was left: copies are made again, uploads are waited for again, what was being completed is completed,
 * deletions go on. Again and again while the database is away.
 */
public final class Takeover implements ApplicationListener<ApplicationReadyEvent> {
    private static final Logger log = LoggerFactory.getLogger(Takeover.class);
    private static final Duration AGAIN = Duration.ofSeconds(2);

    private final ModelTable table;
    private final ModelFlow flow;
    private final Copies copies;
    private final ByteUploads uploads;
    private final Watchdog watchdog;
    private final Deletion deletion;
    private final Timers timers;
    private final Executor threads;

    public Takeover(
            ModelTable table,
            ModelFlow flow,
            Copies copies,
            ByteUploads uploads,
            Watchdog watchdog,
            Deletion deletion,
            Timers timers,
            Executor threads) {
        this.table = table;
        this.flow = flow;
        this.copies = copies;
        this.uploads = uploads;
        this.watchdog = watchdog;
        this.deletion = deletion;
        this.timers = timers;
        this.threads = threads;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent ready) {
        threads.execute(this::begin);
    }

    private void begin() {
        try {
            table.in(ModelState.UNREADY).forEach(this::await);
            table.in(ModelState.DELETING).forEach(version -> flow.post(version.key(), deletion::goOn));
        } catch (RuntimeException failed) {
            // Whatever it is: a service that took up nothing looks well and does nothing.
            log.warn("The stored models cannot be taken up yet; this is tried again", failed);
            timers.schedule(AGAIN, threads, this::begin);
        }
    }

    private void await(ModelVersion version) {
        if (version.source().isPresent()) {
            copies.begin(version);
        } else if (version.completing().isPresent()) {
            uploads.goOn(version);
        } else {
            watchdog.heard(version.key());
        }
    }
}
