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
import io.nsfl.protocol.masking.SharedOutNoise;
import io.nsfl.protocol.v1.MaskingOpening;
import io.nsfl.protocol.v1.MaskingPlan;
import io.nsfl.protocol.v1.MaskingStage;
import io.nsfl.protocol.v1.TaskDescription;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The clients that mask together, in a session of their own: all of a round, or one group of them. Holds four bytes for each element of the vector
 * and a few hundred for each client and its peers, never a vector. For one thread at a time.
 */
final class MaskingGroup implements AutoCloseable {
    private final SortedMap<String, PartyId> parties;
    private final MaskedLayout layout;
    private final byte[] opening;
    private final ServerSession session;

    /**
     * @param task what any client of the work was told
     * @param parties the clients that the session is opened over
     * @throws SecAggAbort if they are too few, or too many for the bits of a value
     */
    MaskingGroup(
            TaskDescription task, SessionBinding binding, MaskedLayout layout, SortedMap<String, PartyId> parties) {
        this.parties = parties;
        this.layout = layout;
        int clients = parties.size();
        boolean everybody = task.getMasking().getMode() == MaskingPlan.Mode.MODE_ONEMASK;
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
                .setGroup(binding.group().number())
                .setGroupCount(binding.group().count())
                .build()
                .toByteArray();
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

    /** Adds what the stage asks of each client that it wants an answer of. */
    void request(MaskingStage stage, Map<String, byte[]> requests) {
        Set<PartyId> expected = session.expected();
        parties.forEach((client, party) -> {
            if (expected.contains(party)) {
                requests.put(client, stage == MaskingStage.MASKING_STAGE_KEYS ? opening : session.messageFor(party));
            }
        });
    }

    /** @throws SecAggAbort if too few have answered: the session is over */
    void closeStage() {
        session.closeStage();
    }

    /** How many clients the stage expects an answer of. */
    int expected() {
        return session.expected().size();
    }

    /** @throws SecAggAbort if the answer is none */
    void take(MaskingStage stage, String client, byte[] answer) {
        PartyId party = parties.get(client);
        switch (stage) {
            case MASKING_STAGE_KEYS -> session.advertised(party, answer);
            case MASKING_STAGE_SHARES -> session.shared(party, answer);
            case MASKING_STAGE_CONSISTENCY -> session.signed(party, answer);
            case MASKING_STAGE_UNMASK -> session.unmasked(party, answer);
            case MASKING_STAGE_INPUT, MASKING_STAGE_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalStateException("Stage " + stage + " takes no message");
        }
    }

    boolean wants(String client) {
        return session.wants(parties.get(client));
    }

    /** @param vector safetensors file that was checked */
    void fold(String client, Path vector) {
        try (SafetensorsFile file = SafetensorsFile.openForThisThread(vector, ModelLimits.defaults())) {
            session.masked(
                    parties.get(client), file.tensors().get(MaskedFile.VECTOR).data());
        }
    }

    Set<String> clients() {
        return parties.keySet();
    }

    /** The sum, and whose it is. */
    record Unmasked(ContributionSum.Group sum, SortedSet<String> clients) {}

    /** @throws SecAggAbort if the masks cannot be taken off, or what is under them is no sum of results */
    Unmasked unmask() {
        session.closeStage();
        SecAggResult result = session.finish();
        SortedSet<String> clients = new TreeSet<>();
        new TreeMap<>(parties).forEach((client, party) -> {
            if (result.survivors().contains(party)) {
                clients.add(client);
            }
        });
        ContributionSum.Group sum = new ContributionSum.Group(result.sums(), clients.size());
        if (!new ContributionSum(layout.contribution(), List.of(sum)).plausible()) {
            throw new SecAggAbort(
                    AbortReason.MALFORMED,
                    "The weights in the sum are not those of " + clients.size()
                            + " clients: one of them masked something else.");
        }
        return new Unmasked(sum, clients);
    }

    /** Frees the sums. */
    @Override
    public void close() {
        session.close();
    }
}
