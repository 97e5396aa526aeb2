package io.nsfl.sessions.ranking;

import io.nsfl.sessions.registry.Amount;
import io.nsfl.sessions.registry.Client;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which of the clients that fit are taken.
 *
 * <p>In this order: clients to avoid come last; with {@code untrainedFirst}, those that the run has not leased for training come before
 * the others; then, with {@code random}, a draw, else the higher score:
 *
 * <pre>score = resource * size / largest size + data * samples / most samples + reliability * (delivered + 1) / (delivered + lost + 1)
 * size  = 10 * gpu + cpu + memory in GiB</pre>
 *
 * <p>The draw, which also orders equals, is a hash of the seed and the client's id: the same seed and the same clients give the same
 * choice wherever and whenever it is made, and a client more or less does not change the order of the others.
 *
 * @param avoid ids that are taken only when the others do not suffice
 * @param datasets whose samples count
 */
public record Choice(
        boolean random,
        boolean untrainedFirst,
        Set<String> trained,
        Set<String> avoid,
        List<String> datasets,
        long seed,
        RankingWeights weights) {

    /** The {@code count} best of them, or all, the best first. */
    public List<Client> best(Collection<Client> fitting, int count) {
        Comparator<Client> order = Comparator.comparing(client -> avoid.contains(client.id()));
        if (untrainedFirst) {
            order = order.thenComparing(client -> trained.contains(client.id()));
        }
        if (!random) {
            Map<String, Double> scores = scores(fitting);
            order = order.thenComparing(client -> scores.get(client.id()), Comparator.reverseOrder());
        }
        Map<String, Long> draws = new HashMap<>();
        fitting.forEach(client -> draws.put(client.id(), draw(client.id())));
        order = order.thenComparing(client -> draws.get(client.id())).thenComparing(Client::id);
        return fitting.stream().sorted(order).limit(count).toList();
    }

    private Map<String, Double> scores(Collection<Client> fitting) {
        double largest = fitting.stream().mapToDouble(Choice::size).max().orElse(0);
        long most = fitting.stream().mapToLong(this::samples).max().orElse(0);
        Map<String, Double> scores = new HashMap<>();
        for (Client client : fitting) {
            double resource = largest > 0 ? size(client) / largest : 0;
            double data = most > 0 ? (double) samples(client) / most : 0;
            double reliability = (client.delivered() + 1.0) / (client.delivered() + client.lost() + 1.0);
            scores.put(
                    client.id(),
                    weights.resource() * resource + weights.data() * data + weights.reliability() * reliability);
        }
        return scores;
    }

    private static double size(Client client) {
        Amount capacity = client.profile().capacity();
        return 10.0 * capacity.gpu() + capacity.cpu() + capacity.memoryMb() / 1024.0;
    }

    private long samples(Client client) {
        return client.profile().samples(datasets);
    }

    private long draw(String clientId) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(seed).flip());
            return ByteBuffer.wrap(digest.digest(clientId.getBytes(StandardCharsets.UTF_8)))
                    .getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
