package io.nsfl.modelmanager.catalog;

import io.nsfl.modelmanager.model.ModelEdit;
import io.nsfl.modelmanager.model.ModelKey;
import io.nsfl.modelmanager.model.ModelTable;
import io.nsfl.modelmanager.model.ModelVersion;
import io.nsfl.modelmanager.model.NewModel;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.blob.BlobStore;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** Makes versions. Which one it is, and its id, is settled by the store's unique keys, not by looking first. */
public final class Creation {
    private static final DateTimeFormatter LOCAL_TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    private final ModelTable table;
    private final VersionNumbers numbers;
    private final BlobStore blobs;
    private final String directory;
    private final InstantSource clock;
    private final ZoneId zone;

    /** @param directory of all models: a bucket, made if it is absent */
    public Creation(
            ModelTable table,
            VersionNumbers numbers,
            BlobStore blobs,
            String directory,
            InstantSource clock,
            ZoneId zone) {
        this.table = table;
        this.numbers = numbers;
        this.blobs = blobs;
        this.directory = directory;
        this.clock = clock;
        this.zone = zone;
    }

    /** @throws FaultException MODEL_VERSION_EXISTS if it is given and taken */
    public ModelVersion create(NewModel wanted) {
        blobs.makeBucket(directory);
        if (wanted.version().isPresent()) {
            ModelKey key = new ModelKey(wanted.model(), wanted.version().get());
            return insert(wanted, key)
                    .orElseThrow(() -> new FaultException(
                            Fault.MODEL_VERSION_EXISTS,
                            "Version %s of model %s already exists in namespace %s: choose another, or leave it out."
                                    .formatted(
                                            key.version(),
                                            wanted.model().name(),
                                            wanted.model().namespace())));
        }
        while (true) {
            Optional<ModelVersion> made =
                    insert(wanted, new ModelKey(wanted.model(), "V" + numbers.take(wanted.model())));
            if (made.isPresent()) {
                return made.get();
            }
        }
    }

    /** Empty: the key is taken. */
    private Optional<ModelVersion> insert(NewModel wanted, ModelKey key) {
        String time = LOCAL_TIME.format(clock.instant().atZone(zone));
        // Names hold dashes, so other keys may join to the same id.
        String joined = String.join("-", key.model().namespace(), key.model().name(), key.version());
        for (int suffix = 1; ; suffix++) {
            String id = suffix == 1 ? joined : joined + "-" + suffix;
            Optional<ModelVersion> made = table.insert(ModelEdit.create(wanted, key.version(), id, directory, time));
            if (made.isPresent()) {
                return made;
            }
            if (table.find(key).isPresent()) {
                return Optional.empty();
            }
        }
    }
}
