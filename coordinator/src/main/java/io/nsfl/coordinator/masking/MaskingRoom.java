package io.nsfl.coordinator.masking;

import io.nsfl.coordinator.round.MaskedLayout;
import io.nsfl.coordinator.round.MaskingRules;
import io.nsfl.federation.secagg.GroupDraw;
import io.nsfl.federation.secagg.PartyId;
import io.nsfl.federation.secagg.SecAggAbort;
import io.nsfl.federation.secagg.SessionBinding;
import io.nsfl.federation.secagg.SessionGroup;
import io.nsfl.federation.secagg.contribution.ContributionSum;
import io.nsfl.protocol.masking.PlanDigest;
import io.nsfl.protocol.v1.MaskingStage;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskRef;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * One masking session at the server: takes what clients say in its stages, and gives the sum at the end. More clients than mask together are split
 * into groups, which go through the stages side by side; their sums are added. A group that cannot go on is left out, while the clients of
 * the others are as many as a session needs.
 *
 * <p>Memory: four bytes for each element of the vector and group, and until vectors come about 300 for each client and peer, of all groups
 * together. For one thread at a time.
 */
public final class MaskingRoom implements AutoCloseable {
    private final MaskedLayout layout;
    private final boolean everybody;
    private final int needed;
    private final Consumer<String> leftOut;
    private final Map<SessionGroup, MaskingGroup> groups =
            new TreeMap<>((one, other) -> Integer.compare(one.number(), other.number()));
    private final Map<String, MaskingGroup> places = new TreeMap<>();
    private MaskingStage stage = MaskingStage.MASKING_STAGE_KEYS;

    /**
     * @param task what any client of the work was told
     * @param parties the clients that the session is opened over
     * @param leftOut gets a sentence for each group that is left out
     * @throws SecAggAbort if they are too few, or too many for the bits of a value
     */
    public MaskingRoom(
            TaskDescription task,
            int number,
            MaskedLayout layout,
            SortedMap<String, PartyId> parties,
            MaskingRules rules,
            Consumer<String> leftOut) {
        this.layout = layout;
        this.everybody = rules.everybody();
        this.needed = rules.needed(parties.size());
        this.leftOut = leftOut;
        int count = rules.groups(parties.size());
        List<Set<PartyId>> split = GroupDraw.split(binding(task, number, SessionGroup.ONLY), parties.values(), count);
        try {
            for (int i = 0; i < count; i++) {
                SessionGroup group = new SessionGroup(i, count);
                MaskingGroup members =
                        new MaskingGroup(task, binding(task, number, group), layout, of(parties, split.get(i)));
                groups.put(group, members);
                members.clients().forEach(client -> places.put(client, members));
            }
        } catch (RuntimeException refused) {
            close();
            throw refused;
        }
    }

    private static SortedMap<String, PartyId> of(SortedMap<String, PartyId> parties, Set<PartyId> members) {
        SortedMap<String, PartyId> chosen = new TreeMap<>(parties);
        chosen.values().retainAll(members);
        return chosen;
    }

    private static SessionBinding binding(TaskDescription task, int number, SessionGroup group) {
        TaskRef work = task.getTask();
        return new SessionBinding(
                work.getNamespace(),
                work.getJob(),
                work.getRun(),
                work.getRound(),
                work.getAttempt(),
                group,
                HexFormat.of().formatHex(task.getBaseDigest().toByteArray()),
                PlanDigest.of(task, number));
    }

    /** The stage whose answers are taken. */
    public MaskingStage stage() {
        return stage;
    }

    /** Whether what clients answer to a stage lets a sum be known: with one mask already the vectors do. */
    public boolean releasedBy(MaskingStage asked) {
        return asked == (everybody ? MaskingStage.MASKING_STAGE_INPUT : MaskingStage.MASKING_STAGE_UNMASK);
    }

    /** What the stage asks of each client that it wants an answer of. */
    public Map<String, byte[]> requests() {
        Map<String, byte[]> requests = new TreeMap<>();
        groups.values().forEach(group -> group.request(stage, requests));
        return requests;
    }

    /**
     * Goes on to the next stage with whoever has answered.
     *
     * @throws SecAggAbort if too few have: the session is over
     */
    public void advance(MaskingStage next) {
        Step<Integer> close = group -> {
            group.closeStage();
            return group.expected();
        };
        each(close, counts -> counts.stream().mapToInt(Integer::intValue).sum());
        stage = next;
    }

    /** Takes a client's answer; the same one again changes nothing. @throws SecAggAbort if it is none */
    public void take(String client, byte[] answer) {
        group(client).take(stage, client, answer);
    }

    /** Whether the session goes on with this client's group. */
    public boolean includes(String client) {
        return places.containsKey(client);
    }

    /** Whether an answer of this client is expected and not there yet. */
    public boolean wants(String client) {
        return includes(client) && group(client).wants(client);
    }

    /** Adds a masked vector to the sum of its client's group. @param vector safetensors file that was checked */
    public void fold(String client, Path vector) {
        group(client).fold(client, vector);
    }

    /**
     * Takes the masks off.
     *
     * @return readable until this is closed
     * @throws SecAggAbort if they cannot be taken off, or what is under them is no sum of results
     */
    public MaskedSum unmask() {
        List<MaskingGroup.Unmasked> sums = each(
                MaskingGroup::unmask,
                all -> all.stream().mapToInt(sum -> sum.clients().size()).sum());
        SortedSet<String> clients = new TreeSet<>();
        sums.forEach(sum -> clients.addAll(sum.clients()));
        return new MaskedSum(
                layout,
                new ContributionSum(
                        layout.contribution(),
                        sums.stream().map(MaskingGroup.Unmasked::sum).toList()),
                clients);
    }

    private interface Step<T> {
        T of(MaskingGroup group);
    }

    private interface Clients<T> {
        int of(Collection<T> steps);
    }

    /** @return what the step is of each group that can take it @throws SecAggAbort of one that cannot, if the others are too few */
    private <T> List<T> each(Step<T> step, Clients<T> clients) {
        List<T> taken = new ArrayList<>();
        Map<SessionGroup, SecAggAbort> ended =
                new TreeMap<>((one, other) -> Integer.compare(one.number(), other.number()));
        groups.forEach((number, group) -> {
            try {
                taken.add(step.of(group));
            } catch (SecAggAbort refused) {
                ended.put(number, refused);
            }
        });
        if (!ended.isEmpty() && clients.of(taken) < needed) {
            throw ended.values().iterator().next();
        }
        ended.forEach(this::leaveOut);
        return taken;
    }

    private void leaveOut(SessionGroup number, SecAggAbort why) {
        MaskingGroup group = groups.remove(number);
        places.keySet().removeAll(group.clients());
        group.close();
        leftOut.accept("The " + group.clients().size() + " clients of " + number
                + " are left out, the others are enough: " + why.getMessage());
    }

    private MaskingGroup group(String client) {
        MaskingGroup group = places.get(client);
        if (group == null) {
            throw new IllegalArgumentException("Client " + client + " is not of this session");
        }
        return group;
    }

    /** Frees the sums. */
    @Override
    public void close() {
        groups.values().forEach(MaskingGroup::close);
    }
}
