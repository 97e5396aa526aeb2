import io.nsfl.sdk.Nsfl;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;

/** Trains the round's weights on this client's images. */
final class Train {
    private Train() {}

    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.of(args);
        long seed = Nsfl.seed().orElse(System.nanoTime());
        Images images = Images.read(Partition.directory(), "train");
        int[] mine = Partition.own().choose(images.labels(), arguments.split(), arguments.shardsPerClient());
        MultiLayerNetwork model = Network.create(seed, arguments.learningRate());
        Nsfl.loadWeights(model);

        long start = System.nanoTime();
        Random random = new Random(seed);
        double loss = 0;
        long seen = 0;
        for (int epoch = 0; epoch < arguments.epochs(); epoch++) {
            Partition.shuffle(mine, random);
            for (int from = 0; from < mine.length; from += arguments.batchSize()) {
                DataSet batch = images.batch(mine, from, Math.min(from + arguments.batchSize(), mine.length));
                model.fit(batch);
                loss += model.score() * batch.numExamples();
                seen += batch.numExamples();
            }
        }

        Nsfl.commitWeights(model);
        Map<String, Number> metrics = new LinkedHashMap<>();
        metrics.put("sample_num", mine.length);
        metrics.put("spend_time", (System.nanoTime() - start) / 1_000_000_000);
        metrics.put("loss", loss / seen);
        Nsfl.commitMetrics(metrics);
    }
}
