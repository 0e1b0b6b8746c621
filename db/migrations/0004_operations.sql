CREATE TABLE `node_events` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`node_id` text NOT NULL,
	`event_id` text NOT NULL,
	`at` integer NOT NULL,
	`action` text NOT NULL,
	`target` text NOT NULL,
	`status` text NOT NULL,
	`message` text NOT NULL,
	`read_at` integer NOT NULL,
	FOREIGN KEY (`node_id`) REFERENCES `nodes`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `node_events_by_event` ON `node_events` (`node_id`,`event_id`);--> statement-breakpoint
CREATE INDEX `node_events_by_time` ON `node_events` (`at`,`id`);--> statement-breakpoint
CREATE INDEX `node_events_by_target` ON `node_events` (`node_id`,`target`,`at`);--> statement-breakpoint
CREATE TABLE `reinstalls` (
	`id` text PRIMARY KEY NOT NULL,
	`node_id` text NOT NULL,
	`old_uuid` text NOT NULL,
	`new_uuid` text,
	`vm_name` text NOT NULL,
	`step` text NOT NULL,
	`wanted` text NOT NULL,
	`error` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`node_id`) REFERENCES `nodes`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `reinstalls_one_open` ON `reinstalls` (`node_id`,`vm_name`) WHERE "reinstalls"."step" in ('deleting', 'creating', 'moving');--> statement-breakpoint
CREATE TABLE `vm_marks` (
	`node_id` text NOT NULL,
	`uuid` text NOT NULL,
	`note` text DEFAULT '' NOT NULL,
	`tags` text NOT NULL,
	`is_protected` integer DEFAULT false NOT NULL,
	`built_from` text,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`node_id`, `uuid`),
	FOREIGN KEY (`node_id`) REFERENCES `nodes`(`id`) ON UPDATE no action ON DELETE cascade
);
