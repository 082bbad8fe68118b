"""BPMN 2.0 and DMN as this room reads, checks, keeps and runs them, by SpiffWorkflow."""
