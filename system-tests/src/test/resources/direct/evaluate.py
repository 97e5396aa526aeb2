import neursafe_fl as nsfl

nsfl.commit_metrics({"loss": 0.25, "accuracy": 0.75})
