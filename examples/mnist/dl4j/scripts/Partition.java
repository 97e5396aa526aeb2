import io.nsfl.sdk.Nsfl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Which images are this client's: the same for the same partition, whatever the round.
 *
 * <p>Every client gets the same scripts and parameters; what tells them apart is a file of their own beside the data,
 * {@code partition.json}: {"index": 0, "of": 2}. Without one the client has all of it.
 */
record Partition(int index, int of) {
    private static final long SHUFFLE = 2022;

    static Path directory() {
        return Nsfl.getDatasetPath("mnist");
    }

    static Partition own() throws IOException {
        Path file = directory().resolve("partition.json");
        if (!Files.exists(file)) {
            return new Partition(0, 1);
        }
        String json = Files.readString(file);
        return new Partition(number(json, "index"), number(json, "of"));
    }

    /** @param split {@code iid}: a random share; {@code shards}: a few runs of the images sorted by digit, so few digits */
    int[] choose(byte[] labels, String split, int shardsPerClient) {
        return switch (split) {
            case "iid" -> iid(labels.length);
            case "shards" -> shards(labels, shardsPerClient);
            default -> throw new IllegalArgumentException("--split must be iid or shards, not " + split);
        };
    }

    static void shuffle(int[] order, Random random) {
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
    }

    private int[] iid(int count) {
        int[] all = IntStream.range(0, count).toArray();
        shuffle(all, new Random(SHUFFLE));
        return IntStream.iterate(index, i -> i < count, i -> i + of).map(i -> all[i]).toArray();
    }

    private int[] shards(byte[] labels, int perClient) {
        int[] byDigit = IntStream.range(0, labels.length)
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> labels[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        int count = of * perClient;
        int[] shards = IntStream.range(0, count).toArray();
        shuffle(shards, new Random(SHUFFLE));
        return Arrays.stream(shards, index * perClient, (index + 1) * perClient)
                .flatMap(shard -> IntStream.range(edge(shard, count, labels), edge(shard + 1, count, labels)))
                .map(i -> byDigit[i])
                .toArray();
    }

    private static int edge(int shard, int count, byte[] labels) {
        return (int) ((long) labels.length * shard / count);
    }

    private static int number(String json, String key) {
        Matcher matcher = Pattern.compile('"' + key + "\"\\s*:\\s*(\\d+)").matcher(json);
        if (!matcher.find()) {
            throw new IllegalArgumentException("partition.json names no " + key);
        }
        return Integer.parseInt(matcher.group(1));
    }
}
