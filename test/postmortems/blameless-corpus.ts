/**
 * Sentences by which the checker of blame is measured, labelled by hand before it had a pattern. A sentence blames when it
 * makes a person or a team the cause by their slip or failing (`forgot`, `by mistake`, `failed to verify`, `human error`),
 * judges the past by what was only known later (`should have`), or tells another past in place of this one (`if we had …
 * it would have`). What a machine failed to do, what shall be from now on, what someone did and why it made sense, and
 * passive accounts of a slip do not blame.
 */
export interface Quotes {
  readonly title: string;
  readonly url: string;
  readonly blames: readonly string[];
  readonly clean: readonly string[];
}

/** Word for word from published postmortems; white space and markup alone are evened out. */
export const QUOTED: readonly Quotes[] = [
  {
    title: 'Cloudflare incident on February 6, 2025',
    url: 'https://blog.cloudflare.com/cloudflare-incident-on-february-6-2025/',
    blames: [
      'The incident occurred due to human error and insufficient validation safeguards during a routine abuse remediation for a report about a phishing site hosted on R2.',
    ],
    clean: [
      'This was a failure of multiple system level controls (first and foremost) and operator training.',
      'The action taken on the complaint resulted in an advanced product disablement action on the site that led to disabling the production R2 Gateway service responsible for the R2 API.',
    ],
  },
  {
    title: 'Cloudflare incident on March 21, 2025',
    url: 'https://blog.cloudflare.com/cloudflare-incident-march-21-2025/',
    blames: [
      'This incident happened because of human error and lasted longer than it should have because we didn’t have proper visibility into which credentials were being used by the Gateway Worker to authenticate with our storage infrastructure.',
      'While rotating credentials used by the R2 Gateway service (R2’s API frontend) to authenticate with our storage infrastructure, the R2 engineering team inadvertently deployed the new credentials (ID and key pair) to a development instance of the service instead of production.',
      'Instead of relying on availability metrics after updating the old set of credentials, we should have explicitly validated which token was being used by the R2 Gateway service to authenticate with R2’s storage infrastructure.',
    ],
    clean: [
      'The decline in R2 availability metrics was gradual and not immediately obvious because there was a delay in the propagation of the previous credential deletion to storage infrastructure.',
      'There was no data loss or corruption that occurred as part of this incident: any in-flight uploads or mutations that returned successful HTTP status codes were persisted.',
    ],
  },
  {
    title: 'Details of the Cloudflare outage on July 2, 2019',
    url: 'https://blog.cloudflare.com/details-of-the-cloudflare-outage-on-july-2-2019/',
    blames: [
      'A protection that would have helped prevent excessive CPU use by a regular expression was removed by mistake during a refactoring of the WAF weeks prior—a refactoring that was part of making the WAF use less CPU.',
    ],
    clean: [
      'The test suite didn’t have a way of identifying excessive CPU consumption.',
      'The SOP allowed a non-emergency rule change to go globally into production without a staged rollout.',
      'SREs had lost access to some systems because their credentials had been timed out for security reasons.',
    ],
  },
  {
    title: 'Joyent: Postmortem for outage of us-east-1, May 27, 2014, and the notice before it',
    url: 'https://www.tritondatacenter.com/blog/postmortem-for-outage-of-us-east-1-may-27-2014',
    blames: ['Due to an operator error, all compute nodes in us-east-1 were simultaneously rebooted.'],
    clean: [
      'The command to reboot the select set of new systems that needed to be updated was mis-typed, and instead specified all servers in the datacenter.',
      'Unfortunately, the tool in question does not have enough input validation to prevent this from happening without extra steps/confirmation, and went ahead and issued a reboot command to every server in us-east-1 availability zone without delay.',
    ],
  },
  {
    title: 'DigitalOcean: Update on the April 5th, 2017 Outage',
    url: 'https://www.digitalocean.com/company/blog/update-on-the-april-5th-2017-outage/',
    blames: ['The root cause of this incident was a engineer-driven configuration error.'],
    clean: ['A process performing automated testing was misconfigured using production credentials.'],
  },
  {
    title: 'DigitalOcean: Multiple products unreachable in NYC1',
    url: 'https://status.digitalocean.com/incidents/nm8tmr42284c',
    blames: ['Top of rack switch configs are erased due to human error'],
    clean: [
      'This had to be done manually by our Network Engineering team, whereas new network devices are normally provisioned via automation.',
    ],
  },
  {
    title: 'Miraheze: Tech:Incidents/2018-04-26-DataLoss',
    url: 'https://meta.miraheze.org/wiki/Tech:Incidents/2018-04-26-DataLoss',
    blames: [
      'Paladox accidentally deleted and dropped testwiki.',
      'Human error. Paladox deleted the wrong database at 22:29 (testwiki) and realised immediately after.',
      'If we had a backup we could have restored from that.',
    ],
    clean: [
      'Once the DROP DATABASE command is sent, there is no way to cancel, and the wiki is deleted forever.',
      'Yes, by the DROP DATABASE adding a confirm prompt.',
    ],
  },
  {
    title: 'Miraheze: Tech:Incidents/2018-08-31-TimedMediaHandler',
    url: 'https://meta.miraheze.org/wiki/Tech:Incidents/2018-08-31-TimedMediaHandler',
    blames: [
      'MacFan4000 reverts his changes and changes the submodule url, but clones the wrong branch by mistake.',
      'Paladox informs MacFan4000 that the extension should not have been removed, referring to the fact that he previously told him to not remove it.',
    ],
    clean: ['MacFan4000 begins removing the extension.'],
  },
  {
    title: 'SoylentNews: IncidentLog, March 11, 2014',
    url: 'https://wiki.staging.soylentnews.org/index.php?direction=prev&oldid=6013&title=IncidentLog',
    blames: [
      'Incident Commander failed to recognize when a technical lead role was needed and to delegate a task leader for it.',
    ],
    clean: ['Key people who had domain knowledge and access were unavailable.'],
  },
  {
    title: 'Matrix.org: Post-mortem and remediations for Apr 11 security incident',
    url: 'https://matrix.org/blog/2019/05/08/post-mortem-and-remediations-for-apr-11-security-incident',
    blames: [
      'If we’d had sufficient monitoring of the SSH configuration, the breach could have been caught instantly.',
      'Needless to say, this particular breach would not have happened had we kept the public-facing Jenkins patched (although there would of course still have been scope for a 0-day attack).',
      'This was a massive, massive mistake.',
      'we had gotten too used to the bad practices; all our attention was going elsewhere; and so we simply failed to prioritise getting back to fix them.',
      'As a result, in our rush we thought we’d rotated the admin API key, but we hadn’t, thus accidentally enabling the defacement.',
    ],
    clean: [
      'We had no dedicated ops people on the project at that point, so this was a subset of the Synapse and Riot/Web dev teams putting on ops hats to rapidly get set up, whilst also juggling the daily fun of keeping the ever-growing Matrix.org server running and trying to actually develop and improve Matrix itself.',
      'Changes to SSH keys should be carefully monitored',
      'Unfortunately, when you do this, it turns out that the API Key it changes is your personal one, rather than the admin one.',
    ],
  },
  {
    title: 'PyPI: Incident Report: Leaked GitHub Personal Access Token',
    url: 'https://blog.pypi.org/posts/2024-07-08-incident-report-leaked-admin-personal-access-token/',
    blames: [
      'While in production the system is configured as a GitHub App, I modified my local files to include my own access token in an act of laziness, rather than configure a localhost GitHub App.',
    ],
    clean: [
      'At the time, staging deployments were performed using the following script which attempted but failed to remove temporarily applied changes including the hardcoded secret.',
    ],
  },
  {
    title: 'SEC: In the Matter of Knight Capital Americas LLC, Release No. 70694',
    url: 'https://www.outagereports.net/in-the-matter-of-knight-capital-americas-llc-respondentpost-mortem/',
    blames: [
      'During the deployment of the new code, however, one of Knight’s technicians did not copy the new code to one of the eight SMARS computer servers.',
    ],
    clean: [
      'Despite the lack of use, the Power Peg functionality remained present and callable at the time of the RLP deployment.',
    ],
  },
  {
    title: 'DFDS: KIAM service disruption due to upgrade',
    url: 'https://github.com/dfds/postmortems/blob/master/PM2020-009%20-%20KIAM%20service%20disruption%20due%20to%20upgrade.md',
    blames: ['Unfortunately we failed to verify that KIAM was actually running in the sandbox environment.'],
    clean: [],
  },
  {
    title: 'DFDS: Flux version bump causing component downtime',
    url: 'https://github.com/dfds/postmortems/blob/master/PM2021-002%20-%20Flux%20version%20bump%20causing%20component%20downtime.md',
    blames: ["New tool/component (GitOps) shouldn't have been rushed to production."],
    clean: ["Maintenance in work hours shouldn't rely on a single staff member being present."],
  },
  {
    title: 'DFDS: Kubernetes ingress controller Traefik v2 configuration caused outage',
    url: 'https://github.com/dfds/postmortems/blob/master/PM2021-008%20-%20Kubernetes%20ingress%20controller%20Traefik%20v2%20configuration%20caused%20outage.md',
    blames: [
      'Request headers were checked prior to migration, but that x-forwared-proto changed from https to http was overlooked.',
    ],
    clean: [],
  },
  {
    title: 'DFDS: Hellman Kubernetes cluster node deletion',
    url: 'https://github.com/dfds/postmortems/blob/master/PM2019-010%20-%20Hellman%20Kubernetes%20cluster%20node%20deletion.md',
    blames: [],
    clean: [
      'It should not be possible to perform high impact destructive operations like deleting nodes from the cluster without explicitly electing a context which allows such operations.',
    ],
  },
  {
    title: 'DFDS: All services returning 503 in Kubernetes',
    url: 'https://github.com/dfds/postmortems/blob/master/PM2021-005%20-%20All%20services%20returning%20503%20in%20Kubernetes.md',
    blames: [],
    clean: ['This, in turn, meant that all inbound traffic failed to reach the cluster.'],
  },
  {
    title: 'Chia: CLVM infinite recursion',
    url: 'https://github.com/Chia-Network/post-mortem/blob/main/2023-01/2023-01-31-CLVM-infinite-recursion.md',
    blames: ['However, we overlooked the cost of allocating space on the virtual machine’s stack.'],
    clean: [],
  },
  {
    title: 'Chia: Block production impact due to FastForward mempool issues',
    url: 'https://github.com/Chia-Network/post-mortem/blob/main/2025-02/2025-02-25-block_production_impact_due_FastForward_mempool_issues.md',
    blames: ['However, we failed to validate that the singleton still existed.'],
    clean: [],
  },
  {
    title: 'Chia: Negative values allowed in settlement_payments',
    url: 'https://github.com/Chia-Network/post-mortem/blob/main/2023-01/2023-01-31-Negative-values-allowed-in-settlement_payments.md',
    blames: [],
    clean: ['The code that creates outputs failed to check against negative values.'],
  },
  {
    title: 'Open Build Service: Post-mortem, January 17, 2018',
    url: 'https://openbuildservice.org/2018/01/17/post-mortem-5/',
    blames: [
      'Apparently we forgot to restart the delayed jobs service after disabling the RabbitMQ setup.',
      'So we should have checked the closed issues and recently merged commits as well.',
    ],
    clean: [],
  },
  {
    title: 'Open Build Service: Post-mortem, September 3, 2020',
    url: 'https://openbuildservice.org/2020/09/03/post-mortem/',
    blames: [],
    clean: [
      'Restarting the unit always failed to bind to localhost.',
      'Our monitoring for the searchd service is not sophisticated enough.',
    ],
  },
  {
    title: 'Open Build Service: Post-mortem, May 7, 2021',
    url: 'https://openbuildservice.org/2021/05/07/post-mortem/',
    blames: [],
    clean: [
      'As the error was happening in various workflows we were not immediately aware of this being a general problem.',
    ],
  },
  {
    title: 'Open Build Service: Post-mortem, May 11, 2022',
    url: 'https://openbuildservice.org/2022/05/11/post-mortem/',
    blames: [],
    clean: ['Our continuous integration cycle did not catch this as we are bundling differently on production.'],
  },
  {
    title: 'Open Build Service: Post-mortem, June 1, 2022',
    url: 'https://openbuildservice.org/2022/06/01/post-mortem/',
    blames: ['Bringing the CI ruby gem setup closer to production maybe could have saved us.'],
    clean: [],
  },
  {
    title: 'Open Build Service: Post-mortem, December 6, 2022',
    url: 'https://openbuildservice.org/2022/12/06/post-mortem/',
    blames: ['The staging environment should have been checked beforehand.'],
    clean: [],
  },
  {
    title: 'Open Build Service: Post-mortem, January 5, 2023',
    url: 'https://openbuildservice.org/2023/01/05/post-mortem/',
    blames: [
      'First of all, the update started after the maintenance window by mistake (wrongly assuming its end at 11AM).',
      'While we usually deploy everything with Salt, we missed the certificates for the secondary machines this time.',
    ],
    clean: [],
  },
  {
    title: 'Open Build Service: Post-mortem: Downtime on February 23, 2023',
    url: 'https://openbuildservice.org/2023/02/24/post-mortem/',
    blames: ['Leaving the secondary machine in debugging state was a human error.'],
    clean: [],
  },
  {
    title: 'Open Build Service: Post-mortem: Staging Workflow Unavailable',
    url: 'https://openbuildservice.org/2023/06/20/post-mortem/',
    blames: [
      'In our efforts to add a distribution (Debian 12), we accidentally deleted an entry in our architecture database table.',
    ],
    clean: ['Mistakes can happen but the chances are low when people are collectively working on something.'],
  },
  {
    title: 'PostHog: Shai-Hulud attack',
    url: 'https://github.com/PostHog/post-mortems/blob/main/2025-11-26-shai-hulud-attack.md',
    blames: [
      'This workflow change was even flagged by one of our static analysis tools before merge, but we explicitly dismissed the alert because we mistakenly thought our usage was safe.',
    ],
    clean: [
      'The engineer making the change thought pull_request_target ensured that the version of assign-reviewers.js being executed, a script stored in .github/scripts in the repository, would be the one on master, rather than the one in the PR.',
    ],
  },
  {
    title: 'PostHog: Flags is down',
    url: 'https://github.com/PostHog/post-mortems/blob/main/2025-09-29-flags-is-down.md',
    blames: [],
    clean: [
      'Our retry logic lacked circuit breakers and exponential backoff, causing failed connection attempts to multiply rapidly.',
    ],
  },
  {
    title: 'PostHog: Feature flags recurring outages',
    url: 'https://github.com/PostHog/post-mortems/blob/main/2025-10-21-feature-flags-recurring-outages.md',
    blames: [],
    clean: ["Unrelated deployments shouldn't trigger feature flags rollouts."],
  },
  {
    title: 'PostHog: Persons database migration',
    url: 'https://github.com/PostHog/post-mortems/blob/main/2025-11-15-persons-db-migration.md',
    blames: [],
    clean: ['What could have gone better?'],
  },
  {
    title: 'Summary of the Amazon S3 Service Disruption in the Northern Virginia (US-EAST-1) Region',
    url: 'https://aws.amazon.com/message/41926/',
    blames: [],
    clean: [
      'At 9:37AM PST, an authorized S3 team member using an established playbook executed a command which was intended to remove a small number of servers for one of the S3 subsystems that is used by the S3 billing process.',
      'Unfortunately, one of the inputs to the command was entered incorrectly and a larger set of servers was removed than intended.',
    ],
  },
  {
    title: 'Summary of the Amazon EC2 and Amazon RDS Service Disruption in the US East Region',
    url: 'https://aws.amazon.com/message/65648/',
    blames: [],
    clean: [
      'As with any complicated operational issue, this one was caused by several root causes interacting with one another and therefore gives us many opportunities to protect the service against any similar event reoccurring.',
    ],
  },
  {
    title: 'Microsoft: Final Root Cause Analysis and Improvement Areas: Nov 18 Azure Storage Service Interruption',
    url: 'https://azure.microsoft.com/en-us/blog/final-root-cause-analysis-and-improvement-areas-nov-18-azure-storage-service-interruption/',
    blames: [],
    clean: [
      'The engineer fixing the Azure Table storage performance issue believed that because the change had already been flighted on a portion of the production infrastructure for several weeks, enabling this across the infrastructure was low risk.',
      'Unfortunately, the configuration tooling did not have adequate enforcement of this policy of incrementally deploying the change across the infrastructure.',
    ],
  },
  {
    title: 'GitLab: Postmortem of database outage of January 31',
    url: 'https://about.gitlab.com/blog/2017/02/10/postmortem-of-database-outage-of-january-31/',
    blames: [],
    clean: [
      'The outage was caused by an accidental removal of data from our primary database server.',
      'In this setup a single database has to handle all the load, which is not ideal.',
    ],
  },
  {
    title: 'Travis CI: Incident Post-Mortem and Security Advisory: Data Exposure After Outage',
    url: 'https://blog.travis-ci.com/2018-04-03-incident-post-mortem',
    blames: [],
    clean: [
      'On Tuesday, 13 March 2018 at 12:04 UTC a database query was accidentally run against our production database which truncated all tables.',
    ],
  },
  {
    title: 'Google SRE book: Example Postmortem, Shakespeare Sonnet++',
    url: 'https://sre.google/sre-book/example-postmortem/',
    blames: [],
    clean: [
      'Cascading failure due to combination of exceptionally high load and a resource leak when searches failed due to terms not being in the Shakespeare corpus.',
      'found order-of-magnitude error in whiteboard calculations for instance count increase',
      "We're out of practice in responding to cascading failure",
    ],
  },
  {
    title: 'GitHub Availability Report: September 2023',
    url: 'https://github.blog/2023-10-11-github-availability-report-september-2023/',
    blames: [],
    clean: [
      'In this case, our automatic failover was unable to detect the partial file system failure mode.',
      'A misconfigured index constraint on the primary GitHub Projects database table caused GitHub Projects to become fully unavailable between 20:36 UTC and 00:06 UTC.',
    ],
  },
  {
    title: 'cloud.gov: postmortem of an expired certificate',
    url: 'https://cloudgov.statuspage.io/incidents/j6xp6vtnjkzr',
    blames: [],
    clean: [
      'The week of this incident in particular was very busy due to other incidents',
      'The user interface for monitoring expiring certificate shows some “false positives” which creates confusion',
    ],
  },
  {
    title: 'trivago: Postmortem: Removing all users from github.com/trivago',
    url: 'https://tech.trivago.com/post/2021-10-05-postmortem-removing-all-users-from-github-trivago',
    blames: [],
    clean: [
      'Changing things can involve mistakes that ultimately lead to the failure of a particular system.',
      'The root cause was the deletion of a particular Azure Active Directory security group indicating which AAD user gets access to our GitHub organization github.com/trivago.',
    ],
  },
];
