import java.util.HashMap;
import java.util.Map;

/** What the task config and the job's parameters say, as {@code --key value} pairs. */
record Arguments(Map<String, String> byName) {
    static Arguments of(String[] arguments) {
        Map<String, String> byName = new HashMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            byName.put(arguments[i], arguments[i + 1]);
        }
        return new Arguments(byName);
    }

    String split() {
        return byName.getOrDefault("--split", "iid");
    }

    int shardsPerClient() {
        return Integer.parseInt(byName.getOrDefault("--shards-per-client", "2"));
    }

    int epochs() {
        return Integer.parseInt(byName.getOrDefault("--epochs", "1"));
    }

    int batchSize() {
        return Integer.parseInt(byName.getOrDefault("--batch-size", "32"));
    }

    double learningRate() {
        return Double.parseDouble(byName.getOrDefault("--learning-rate", "0.001"));
    }
}
