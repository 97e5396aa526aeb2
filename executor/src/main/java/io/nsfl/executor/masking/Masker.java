package io.nsfl.executor.masking;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.nsfl.executor.protect.UpdateFile;
import io.nsfl.federation.secagg.ClientPolicy;
import io.nsfl.federation.secagg.ClientSession;
import io.nsfl.federation.secagg.Cohort;
import io.nsfl.federation.secagg.Mode;
import io.nsfl.federation.secagg.PartyId;
import io.nsfl.federation.secagg.PartyKey;
import io.nsfl.federation.secagg.SecAggAbort;
import io.nsfl.federation.secagg.SecAggParameters;
import io.nsfl.federation.secagg.SessionBinding;
import io.nsfl.federation.secagg.SessionGroup;
import io.nsfl.federation.secagg.VectorShape;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.modelformats.safetensors.SafetensorsFile;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.ClientIdentity;
import io.nsfl.protocol.masking.PlanDigest;
import io.nsfl.protocol.masking.SharedOutNoise;
import io.nsfl.protocol.v1.FaultDetail;
import io.nsfl.protocol.v1.MaskingDown;
import io.nsfl.protocol.v1.MaskingMessage;
import io.nsfl.protocol.v1.MaskingOpening;
import io.nsfl.protocol.v1.MaskingPlan;
import io.nsfl.protocol.v1.MaskingReady;
import io.nsfl.protocol.v1.MaskingRefusal;
import io.nsfl.protocol.v1.MaskingStage;
import io.nsfl.protocol.v1.MaskingUp;
import io.nsfl.protocol.v1.RunTaskRequest;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One task's part in masking sessions: answers what the coordinator asks, once for each stage; a repeated request gets the same bytes again.
 * A session with a higher number ends the one before, and has new keys. Once something was given away that takes the masks off, the task's
 * result is masked for no other session. For one thread at a time.
 */
final class Masker {
    private static final Logger log = LoggerFactory.getLogger(Masker.class);

    private final RunTaskRequest request;
    private final PrivateUpdates updates;
    private final ClientPolicy policy;
    private final PartyKey identity;
    private final SecureRandom random;
    private final Consumer<TaskEndedRequest> masked;
    private final MaskedShape shape;
    private final Map<MaskingStage, MaskingUp> answers = new EnumMap<>(MaskingStage.class);
    private int number;
    private int over;
    private Optional<ClientSession> session = Optional.empty();
    private Optional<TaskEndedRequest> vector = Optional.empty();

    /** @param masked takes each session's masked vector */
    Masker(
            RunTaskRequest request,
            PrivateUpdates updates,
            ClientPolicy policy,
            PartyKey identity,
            SecureRandom random,
            Consumer<TaskEndedRequest> masked) {
        this.request = request;
        this.updates = updates;
        this.policy = policy;
        this.identity = identity;
        this.random = random;
        this.masked = masked;
        this.shape = MaskedShape.of(request.getDescription().getMasking());
    }

    /** What it says when it comes, or comes back. */
    MaskingUp ready() {
        return up().setReady(MaskingReady.newBuilder()
                        .setIdentityKey(ByteString.copyFrom(identity.identityKey()))
                        .setThreatModel(policy.trust().threatModel().text()))
                .build();
    }

    /** @return what to say to this */
    List<MaskingUp> on(MaskingDown word) {
        return switch (word.getWordCase()) {
            case REQUEST -> asked(word.getRequest());
            case END -> ended(word.getEnd().getSession(), word.getEnd().getReason());
            case BEAT, WORD_NOT_SET -> List.of();
        };
    }

    private List<MaskingUp> asked(MaskingMessage message) {
        if (message.getSession() < number || message.getSession() == over) {
            return List.of();
        }
        if (message.getSession() > number) {
            forgetSession();
            number = message.getSession();
        }
        if (session.isEmpty() && updates.released(task())) {
            return List.of(givenAway());
        }
        if (answers.containsKey(message.getStage())) {
            return List.of(answers.get(message.getStage()));
        }
        if (vector.isPresent() && message.getStage() == MaskingStage.MASKING_STAGE_INPUT) {
            masked.accept(vector.get());
            return List.of();
        }
        try {
            return answer(message);
        } catch (SecAggAbort refused) {
            return leave(Fault.FORBIDDEN, named(refused), refused.party().map(Masker::id));
        } catch (FaultException refused) {
            return leave(refused.fault(), refused.getMessage());
        } catch (InvalidProtocolBufferException | IllegalArgumentException malformed) {
            return leave(Fault.REQUEST_INVALID, "A masking message cannot be read: " + malformed.getMessage());
        } catch (IOException failed) {
            return leave(Fault.STORAGE_UNAVAILABLE, "The masked vector cannot be written: " + failed.getMessage());
        }
    }

    private List<MaskingUp> answer(MaskingMessage message) throws IOException {
        byte[] content = message.getContent().toByteArray();
        switch (message.getStage()) {
            case MASKING_STAGE_KEYS -> {
                session = Optional.of(begin(MaskingOpening.parseFrom(content)));
                return say(message.getStage(), session.get().advertise());
            }
            case MASKING_STAGE_SHARES -> {
                return say(message.getStage(), current().shareKeys(content));
            }
            case MASKING_STAGE_INPUT -> {
                mask(content);
                return List.of();
            }
            case MASKING_STAGE_CONSISTENCY -> {
                return say(message.getStage(), current().consistency(content));
            }
            case MASKING_STAGE_UNMASK -> {
                updates.release(task());
                return say(message.getStage(), current().unmask(content));
            }
            case MASKING_STAGE_UNSPECIFIED, UNRECOGNIZED ->
                throw new FaultException(
                        Fault.REQUEST_INVALID, "A stage of masking is not known to this client; update it.");
        }
        return List.of();
    }

    private ClientSession begin(MaskingOpening opening) {
        TaskDescription description = request.getDescription();
        SessionBinding binding = new SessionBinding(
                task().getNamespace(),
                task().getJob(),
                task().getRun(),
                task().getRound(),
                task().getAttempt(),
                new SessionGroup(opening.getGroup(), opening.getGroupCount()),
                HexFormat.of().formatHex(description.getBaseDigest().toByteArray()),
                PlanDigest.of(description, number));
        if (opening.getMinSurvivors() < description.getMasking().getThreshold()) {
            throw new FaultException(
                    Fault.FORBIDDEN,
                    "The session is content with " + opening.getMinSurvivors() + " clients and the task's threshold is "
                            + description.getMasking().getThreshold() + ".");
        }
        return new ClientSession(
                new SecAggParameters(
                        binding,
                        oneMask() ? Mode.ONEMASK : Mode.DOUBLEMASK,
                        new Cohort(
                                opening.getClientIdsCount(),
                                opening.getThreshold(),
                                opening.getMinSurvivors(),
                                opening.getDegree()),
                        new VectorShape(
                                shape.contribution().length(),
                                shape.contribution().valueBits(),
                                SharedOutNoise.of(description))),
                policy,
                identity,
                random);
    }

    private boolean oneMask() {
        return request.getDescription().getMasking().getMode() == MaskingPlan.Mode.MODE_ONEMASK;
    }

    /** With one mask the vectors themselves give the sum away. */
    private void mask(byte[] content) throws IOException {
        PrivateUpdates.Kept kept = updates.find(task())
                .orElseThrow(() -> new FaultException(
                        Fault.RESULT_MISSING, "What this task trained is not on the client's disk any more."));
        Path path = Path.of(request.getWorkspace()).resolve("masked-" + number + ".safetensors");
        Files.deleteIfExists(path.resolveSibling("masked-" + (number - 1) + ".safetensors"));
        if (oneMask()) {
            updates.release(task());
        }
        try (VectorFile file = VectorFile.create(path, shape.contribution().length())) {
            if (kept.update().isPresent()) {
                try (SafetensorsFile update = SafetensorsFile.open(kept.update().get())) {
                    mask(content, update.tensors(), kept, file);
                }
            } else {
                mask(content, new TensorSet(List.of()), kept, file);
            }
            file.commit();
        }
        UpdateFile written = UpdateFile.of(path);
        vector = Optional.of(TaskEndedRequest.newBuilder()
                .setTask(task())
                .setStart(request.getStart())
                .setMaskingSession(number)
                .setUpdateFile(written.path().toString())
                .setUpdateSha256(ByteString.copyFrom(written.sha256()))
                .build());
        masked.accept(vector.get());
    }

    private void mask(byte[] content, TensorSet update, PrivateUpdates.Kept kept, VectorFile file) throws IOException {
        if (shape.capped(kept.metrics())) {
            log.warn(
                    "This client counts with {} samples and not with all it has: the job takes no more",
                    shape.contribution().weightCap());
        }
        List<String> tooLarge = shape.tooLarge(kept.metrics());
        if (!tooLarge.isEmpty()) {
            log.warn("Too large to be masked, times the samples, and left out of the round's: {}", tooLarge);
        }
        LongSupplier noise = SharedNoise.of(request.getDescription(), shape.contribution(), kept.secret());
        current().masked(content, shape.contribution(update, kept.metrics(), noise), file);
    }

    private ClientSession current() {
        return session.orElseThrow(() -> new FaultException(
                Fault.STALE, "This executor has no keys of masking session " + number + ": it was started since."));
    }

    private List<MaskingUp> say(MaskingStage stage, byte[] content) {
        MaskingUp answer = up().setAnswer(MaskingMessage.newBuilder()
                        .setSession(number)
                        .setStage(stage)
                        .setContent(ByteString.copyFrom(content)))
                .build();
        answers.put(stage, answer);
        return List.of(answer);
    }

    /** By the id that people know a client by. */
    private static String named(SecAggAbort refused) {
        return refused.party()
                .map(party -> refused.getMessage().replace(party.toString(), id(party)))
                .orElse(refused.getMessage());
    }

    private static String id(PartyId party) {
        return ClientIdentity.of(party.identityKey()).id();
    }

    private List<MaskingUp> leave(Fault fault, String reason) {
        return leave(fault, reason, Optional.empty());
    }

    /** Another session may find better company, unless something was given away. */
    private List<MaskingUp> leave(Fault fault, String reason, Optional<String> blamed) {
        log.warn("Masking session {} of {} is left: {}", number, task().getJob(), reason);
        forgetSession();
        boolean forGood = updates.released(task());
        MaskingUp refusal = refusal(fault, reason, forGood, blamed);
        return forGood ? List.of(refusal) : List.of(refusal, ready());
    }

    private List<MaskingUp> ended(int ended, String reason) {
        if (ended < number) {
            return List.of();
        }
        log.info("Masking session {} is over: {}", ended, reason);
        number = ended;
        forgetSession();
        return updates.released(task()) ? List.of(givenAway()) : List.of(ready());
    }

    private MaskingUp givenAway() {
        return refusal(
                Fault.FORBIDDEN,
                "What takes the masks off this round's result was given away before.",
                true,
                Optional.empty());
    }

    private MaskingUp refusal(Fault fault, String reason, boolean forGood, Optional<String> blamed) {
        return up().setRefusal(MaskingRefusal.newBuilder()
                        .setSession(number)
                        .setForGood(forGood)
                        .setBlamed(blamed.orElse(""))
                        .setReason(
                                FaultDetail.newBuilder().setCode(fault.name()).setMessage(reason)))
                .build();
    }

    private void forgetSession() {
        over = number;
        session.ifPresent(ClientSession::close);
        session = Optional.empty();
        answers.clear();
        vector = Optional.empty();
    }

    /** The task is over, whatever became of it. */
    void end() {
        forgetSession();
        updates.forget(task());
    }

    /** This process ends; what was trained stays. */
    void close() {
        forgetSession();
    }

    private TaskRef task() {
        return request.getDescription().getTask();
    }

    private MaskingUp.Builder up() {
        return MaskingUp.newBuilder().setTask(task());
    }
}
