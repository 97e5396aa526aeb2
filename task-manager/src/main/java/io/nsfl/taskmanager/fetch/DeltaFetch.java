package io.nsfl.taskmanager.fetch;

import io.nsfl.modelformats.delta.DeltaReader;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultCategory;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.transfer.FileSink;
import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.ArtifactDelta;
import io.nsfl.protocol.v1.ArtifactKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a delta that a coordinator offers is worth. It saves bytes or it is given up: nothing that is wrong with one fails a task. */
final class DeltaFetch {
    private static final Logger LOG = LoggerFactory.getLogger(DeltaFetch.class);
    private static final int SHA256 = 32;

    private DeltaFetch() {}

    /** Whether fetching it can be worth it. */
    static boolean usable(ArtifactDelta delta, Artifact whole) {
        return delta.getSha256().size() == SHA256
                && delta.getBaseSha256().size() == SHA256
                && delta.getSize() > 0
                && delta.getSize() < whole.getSize();
    }

    /** The delta as something to fetch. */
    static Artifact artifact(ArtifactDelta delta) {
        return Artifact.newBuilder()
                .setName(delta.getName())
                .setKind(ArtifactKind.ARTIFACT_KIND_DELTA)
                .setSize(delta.getSize())
                .setSha256(delta.getSha256())
                .build();
    }

    /** Whether its fetch may be tried again: the connection failed and not the delta, or the task itself is over. */
    static boolean mended(FaultException failure) {
        boolean ofTheDelta = failure.fault() == Fault.TRANSFER_CORRUPT || failure.fault() == Fault.STORAGE_UNAVAILABLE;
        return !ofTheDelta && (failure.fault().category() == FaultCategory.EXTERNAL || Attempts.stale(failure));
    }

    /**
     * Makes the artifact of an older one and a fetched delta.
     *
     * @param draft gets the bytes
     * @return whether these are the artifact's
     */
    static boolean apply(Path base, Path delta, Artifact artifact, Path draft) throws InterruptedException {
        try (FileSink sink = FileSink.open(draft, 0, artifact.getSize())) {
            DeltaReader.apply(base, delta, sink);
            if (!Arrays.equals(sink.sha256(), artifact.getSha256().toByteArray())) {
                LOG.warn("{} is fetched whole: with its delta it comes out with other bytes", artifact.getName());
                return false;
            }
            sink.force();
            return true;
        } catch (FaultException | IOException failed) {
            if (Thread.interrupted()) {
                throw new InterruptedException("Not wanted any more");
            }
            LOG.warn("{} is fetched whole: {}", artifact.getName(), failed.getMessage());
            return false;
        }
    }
}
