import io.nsfl.sdk.Nsfl;
import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Measures the round's weights on this client's share of the test images, which is a random one whatever the split. */
final class Evaluate {
    private static final int BATCH = 1000;

    private Evaluate() {}

    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.of(args);
        Images images = Images.read(Partition.directory(), "t10k");
        int[] mine = Partition.own().choose(images.labels(), "iid", arguments.shardsPerClient());
        MultiLayerNetwork model = Network.create(0, arguments.learningRate());
        Nsfl.loadWeights(model);

        double loss = 0;
        long correct = 0;
        for (int from = 0; from < mine.length; from += BATCH) {
            DataSet batch = images.batch(mine, from, Math.min(from + BATCH, mine.length));
            loss += model.score(batch) * batch.numExamples();
            INDArray chosen = model.output(batch.getFeatures()).argMax(1);
            INDArray right = batch.getLabels().argMax(1);
            correct += chosen.eq(right).castTo(org.nd4j.linalg.api.buffer.DataType.INT64).sumNumber().longValue();
        }
        Nsfl.commitMetrics(Map.of(
                "sample_num", mine.length,
                "loss", loss / mine.length,
                "accuracy", (double) correct / mine.length));
    }
}
