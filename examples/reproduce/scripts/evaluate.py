import neursafe_fl as nsfl
import torch

import networks
import population


def main():
    """Each client measures its part of the test images: merged by sample count, together they are the whole set."""
    arguments = population.arguments()
    torch.set_num_threads(1)
    index, of = population.place()
    images, labels = population.samples("test", lambda labels: slice(index, None, of))
    x, y = torch.from_numpy(images), torch.from_numpy(labels)
    model = networks.make(arguments.model)
    nsfl.load_weights(model)
    model.eval()
    with torch.no_grad():
        scores = model(x)
        loss = torch.nn.functional.cross_entropy(scores, y).item()
        accuracy = (scores.argmax(1) == y).float().mean().item()
    nsfl.commit_metrics({"sample_num": len(y), "loss": loss, "accuracy": accuracy})


if __name__ == "__main__":
    main()
