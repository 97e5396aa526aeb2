package io.nsfl.coordinator.updates;

import com.google.protobuf.ByteString;
import io.nsfl.coordinator.round.MaskedLayout;
import io.nsfl.coordinator.round.OpenWork;
import io.nsfl.coordinator.round.Rejection;
import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.federation.update.UpdateCheck;
import io.nsfl.federation.update.UpdateKey;
import io.nsfl.federation.update.UpdateRules;
import io.nsfl.federation.update.Verdict;
import io.nsfl.modelformats.ModelLimits;
import io.nsfl.modelformats.safetensors.SafetensorsDraft;
import io.nsfl.modelformats.safetensors.SafetensorsFile;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.ResultHeader;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether a result may be offered for the work that is open. Says no as a value. */
final class UpdateInspection {
    /** The weight of a result whose script reported none. */
    private static final double UNREPORTED_SAMPLES = 1;

    private static final String SAMPLES = "sample_num";

    /** Room for a tensor's entry in a safetensors header beside its name. */
    private static final int ENTRY_BYTES = 512;

    /** Room for metadata and padding. */
    private static final int HEADER_SLACK = 64 << 10;

    private final OpenWork work;
    private final UpdateFormat format;
    private final List<TensorSpec> tensors;
    private final List<TensorSpec> encoded;
    private final UpdateCheck check;

    UpdateInspection(OpenWork work, UpdateFormat format) {
        this.work = work;
        this.format = format;
        this.tensors = work.masked()
                .map(MaskedLayout::vector)
                .orElseGet(() -> work.plan().map(FoldPlan::updateSpecs).orElse(List.of()));
        this.encoded = format.codec().encoded(tensors);
        this.check = new UpdateCheck(new UpdateRules(
                work.round(),
                work.attempt(),
                0,
                work.roster().keySet(),
                tensors,
                work.weightCap(),
                work.normBound(),
                work.kind() == TaskKind.TASK_KIND_TRAIN && work.masked().isEmpty() ? work.metrics() : List.of()));
    }

    /** All that can be said before the update's bytes arrive. */
    Optional<Rejection> header(ResultHeader header) {
        TaskRef task = header.getTask();
        Verdict verdict = check.envelope(
                        new UpdateKey(task.getRound(), task.getAttempt(), task.getClientId()), key -> false)
                .then(() -> check.weight(samples(header.getMetricsMap())))
                .then(() -> check.metrics(header.getMetricsMap()));
        return rejection(verdict)
                .or(() -> masked(header))
                .or(() -> base(header))
                .or(() -> size(header));
    }

    /** Bytes of local disk that the update takes once it is decoded, beside those it arrives with. */
    long decodedBytes() {
        return format.codec().plain() ? 0 : TensorSet.packedBytes(tensors);
    }

    /**
     * The whole update: tensors as the round has them, finite, within the norm. One that is encoded is decoded for that; its tensors, and so
     * the size of what comes out, are compared with the round's before a value is read.
     *
     * @param file the update as it arrived
     * @param plain where to put the decoded update; the same file where updates are not encoded
     */
    Optional<Rejection> update(Path file, Path plain) {
        if (!format.codec().plain()) {
            Optional<Rejection> undecodable = decode(file, plain);
            if (undecodable.isPresent()) {
                return undecodable;
            }
        }
        return values(plain);
    }

    private Optional<Rejection> values(Path file) {
        try (SafetensorsFile update = SafetensorsFile.openForThisThread(file, limits(tensors))) {
            TensorSet received = update.tensors();
            return rejection(check.structure(received.specs()).then(() -> check.values(received)));
        } catch (FaultException unreadable) {
            return malformed("The update is no safetensors file: " + unreadable.getMessage());
        }
    }

    /** Nothing of a single client is taken in clear where results are masked. */
    private Optional<Rejection> masked(ResultHeader header) {
        boolean asAsked = work.masked().isPresent()
                ? header.getMaskingSession() > 0 && header.getMetricsCount() == 0
                : header.getMaskingSession() == 0;
        return asAsked
                ? Optional.empty()
                : Optional.of(new Rejection(
                        Fault.UPDATE_MALFORMED,
                        work.masked().isPresent()
                                ? "Results of this job are masked and carry no metrics; this one is not."
                                : "Results of this job are not masked; this one is."));
    }

    private Optional<Rejection> decode(Path file, Path plain) {
        try (SafetensorsFile update = SafetensorsFile.openForThisThread(file, limits(encoded))) {
            TensorSet received = update.tensors();
            Verdict verdict = UpdateCheck.sameTensors(encoded, received.specs());
            if (verdict instanceof Verdict.Refused) {
                return rejection(verdict);
            }
            try (SafetensorsDraft draft = SafetensorsDraft.create(plain, tensors, Map.of())) {
                format.codec().decode(received, draft.tensors());
                draft.commit();
            }
            return Optional.empty();
        } catch (IllegalArgumentException meaningless) {
            return malformed("The update cannot be decoded: " + meaningless.getMessage() + ".");
        } catch (FaultException unreadable) {
            if (unreadable.fault() == Fault.STORAGE_UNAVAILABLE) {
                throw unreadable;
            }
            return malformed("The update is no safetensors file: " + unreadable.getMessage());
        }
    }

    private static Optional<Rejection> malformed(String message) {
        return Optional.of(new Rejection(Fault.UPDATE_MALFORMED, message));
    }

    private Optional<Rejection> base(ResultHeader header) {
        boolean named = header.getBaseDigest().size() > 0;
        if (!named && work.kind() == TaskKind.TASK_KIND_EVALUATE
                || header.getBaseDigest().equals(ByteString.copyFrom(work.baseDigest()))) {
            return Optional.empty();
        }
        return Optional.of(
                new Rejection(Fault.STALE, "The result was not made on the base model of round " + work.round() + "."));
    }

    private Optional<Rejection> size(ResultHeader header) {
        long size = header.getSize();
        if (work.kind() == TaskKind.TASK_KIND_EVALUATE && work.masked().isEmpty()) {
            return size == 0
                    ? Optional.empty()
                    : Optional.of(
                            new Rejection(Fault.UPDATE_MALFORMED, "An evaluation carries metrics and no update."));
        }
        long files = header.getResultFilesSize();
        if (files < 0 || files > format.resultFilesLimit()) {
            return Optional.of(new Rejection(
                    Fault.REQUEST_TOO_LARGE,
                    "The script's result files have " + files + " bytes; at most " + format.resultFilesLimit()
                            + " are taken."));
        }
        long least = TensorSet.packedBytes(encoded) + files;
        long most = least + headerBytes(encoded);
        if (size > most) {
            return Optional.of(new Rejection(
                    Fault.REQUEST_TOO_LARGE, "The update has " + size + " bytes; at most " + most + " make sense."));
        }
        if (size <= least) {
            return Optional.of(new Rejection(
                    Fault.UPDATE_MALFORMED,
                    "The update has " + size + " bytes; its tensors alone have " + least + "."));
        }
        return Optional.empty();
    }

    private static ModelLimits limits(List<TensorSpec> specs) {
        return new ModelLimits(
                TensorSet.packedBytes(specs) + headerBytes(specs),
                specs.size(),
                headerBytes(specs),
                ModelLimits.defaults().nameLength(),
                ModelLimits.defaults().depth());
    }

    private static int headerBytes(List<TensorSpec> specs) {
        long names = specs.stream().mapToLong(spec -> 6L * spec.name().length()).sum();
        long bytes = HEADER_SLACK + (long) ENTRY_BYTES * specs.size() + names;
        return (int) Math.min(bytes, ModelLimits.defaults().headerBytes());
    }

    private static double samples(Map<String, Double> metrics) {
        return metrics.getOrDefault(SAMPLES, UNREPORTED_SAMPLES);
    }

    private static Optional<Rejection> rejection(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Accepted accepted -> Optional.empty();
            case Verdict.Refused refused ->
                Optional.of(new Rejection(Fault.valueOf(refused.refusal().name()), refused.message()));
        };
    }
}
