package io.nsfl.coordinator.masking;

import io.nsfl.coordinator.round.MaskedLayout;
import io.nsfl.federation.secagg.AbortReason;
import io.nsfl.federation.secagg.Cohort;
import io.nsfl.federation.secagg.Mode;
import io.nsfl.federation.secagg.PartyId;
import io.nsfl.federation.secagg.SecAggAbort;
import io.nsfl.federation.secagg.SecAggParameters;
import io.nsfl.federation.secagg.SecAggResult;
import io.nsfl.federation.secagg.ServerSession;
import io.nsfl.federation.secagg.SessionBinding;
import io.nsfl.federation.secagg.VectorShape;
import io.nsfl.federation.secagg.contribution.ContributionSum;
import io.nsfl.modelformats.ModelLimits;
import io.nsfl.modelformats.safetensors.SafetensorsFile;
import io.nsfl.protocol.masking.MaskedFile;
import io.nsfl.protocol.masking.PlanDigest;
import io.nsfl.protocol.masking.SharedOutNoise;
import io.nsfl.protocol.v1.MaskingOpening;
import io.nsfl.protocol.v1.MaskingPlan;
import io.nsfl.protocol.v1.MaskingStage;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskRef;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One masking session at the server: takes what clients say in its stages, and gives the sum at the end. Holds four bytes for each element of
 * the vector and a few hundred for each client and its peers, never a vector. For one thread at a time.
 */
public final class MaskingRoom implements AutoCloseable {
    private final SortedMap<String, PartyId> parties;
    private final MaskedLayout layout;
    private final boolean everybody;
    private final MaskingOpening opening;
    private final ServerSession session;
    private MaskingStage stage = MaskingStage.MASKING_STAGE_KEYS;

    /**
     * @param task what any client of the work was told
     * @param parties the clients that the session is opened over
     * @throws SecAggAbort if they are too few, or too many for the bits of a value
     */
    public MaskingRoom(TaskDescription task, int number, MaskedLayout layout, SortedMap<String, PartyId> parties) {
        this.parties = new TreeMap<>(parties);
        this.layout = layout;
        int clients = parties.size();
        this.everybody = task.getMasking().getMode() == MaskingPlan.Mode.MODE_ONEMASK;
        // No two disjoint parts of the holders could give both secrets of a client away.
        int threshold = Math.max(task.getMasking().getThreshold(), clients / 2 + 1);
        Cohort cohort = everybody
                ? Cohort.complete(clients, threshold, clients)
                : Cohort.of(clients, threshold, threshold, 1 - (double) threshold / clients);
        this.opening = MaskingOpening.newBuilder()
                .addAllClientIds(parties.keySet())
                .setThreshold(cohort.threshold())
                .setMinSurvivors(cohort.minSurvivors())
                .setDegree(cohort.degree())
                .build();
        TaskRef work = task.getTask();
        SessionBinding binding = new SessionBinding(
                work.getNamespace(),
                work.getJob(),
                work.getRun(),
                work.getRound(),
                work.getAttempt(),
                0,
                HexFormat.of().formatHex(task.getBaseDigest().toByteArray()),
                PlanDigest.of(task, number));
        this.session = new ServerSession(
                new SecAggParameters(
                        binding,
                        everybody ? Mode.ONEMASK : Mode.DOUBLEMASK,
                        cohort,
                        new VectorShape(
                                layout.contribution().length(),
                                layout.contribution().valueBits(),
                                SharedOutNoise.of(task))),
                Set.copyOf(parties.values()));
    }

    /** The stage whose answers are taken. */
    public MaskingStage stage() {
        return stage;
    }

    /** Whether what clients answer to a stage lets the sum be known: with one mask already the vectors do. */
    public boolean releasedBy(MaskingStage asked) {
        return asked == (everybody ? MaskingStage.MASKING_STAGE_INPUT : MaskingStage.MASKING_STAGE_UNMASK);
    }

    /** What the stage asks of each client that it wants an answer of. */
    public Map<String, byte[]> requests() {
        Map<String, byte[]> requests = new TreeMap<>();
        parties.forEach((client, party) -> {
            if (session.expected().contains(party)) {
                requests.put(
                        client,
                        stage == MaskingStage.MASKING_STAGE_KEYS ? opening.toByteArray() : session.messageFor(party));
            }
        });
        return requests;
    }

    /**
     * Goes on to the next stage with whoever has answered.
     *
     * @throws SecAggAbort if too few have: the session is over
     */
    public void advance(MaskingStage next) {
        session.closeStage();
        stage = next;
    }

    /** Takes a client's answer; the same one again changes nothing. @throws SecAggAbort if it is none */
    public void take(String client, byte[] answer) {
        PartyId party = party(client);
        switch (stage) {
            case MASKING_STAGE_KEYS -> session.advertised(party, answer);
            case MASKING_STAGE_SHARES -> session.shared(party, answer);
            case MASKING_STAGE_CONSISTENCY -> session.signed(party, answer);
            case MASKING_STAGE_UNMASK -> session.unmasked(party, answer);
            case MASKING_STAGE_INPUT, MASKING_STAGE_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalStateException("Stage " + stage + " takes no message");
        }
    }

    /** Whether the session was opened over this client too. */
    public boolean includes(String client) {
        return parties.containsKey(client);
    }

    /** Whether an answer of this client is expected and not there yet. */
    public boolean wants(String client) {
        PartyId party = parties.get(client);
        return party != null
                && session.expected().contains(party)
                && !session.answered().contains(party);
    }

    /** Adds a masked vector to the sum. @param vector safetensors file that was checked */
    public void fold(String client, Path vector) {
        try (SafetensorsFile file = SafetensorsFile.openForThisThread(vector, ModelLimits.defaults())) {
            session.masked(party(client), file.tensors().get(MaskedFile.VECTOR).data());
        }
    }

    /**
     * Takes the masks off.
     *
     * @return readable until this is closed
     * @throws SecAggAbort if they cannot be taken off, or what is under them is no sum of results
     */
    public MaskedSum unmask() {
        session.closeStage();
        SecAggResult result = session.finish();
        int clients = result.survivors().size();
        ContributionSum sum = new ContributionSum(layout.contribution(), result.sums(), clients);
        if (!sum.plausible()) {
            throw new SecAggAbort(
                    AbortReason.MALFORMED,
                    "The weights in the sum are not those of " + clients
                            + " clients: one of them masked something else.");
        }
        return new MaskedSum(layout, sum, clients);
    }

    private PartyId party(String client) {
        PartyId party = parties.get(client);
        if (party == null) {
            throw new IllegalArgumentException("Client " + client + " is not of this session");
        }
        return party;
    }

    /** Frees the sums. */
    @Override
    public void close() {
        session.close();
    }
}
